package io.portcullis.perf.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class PageTest {

  private static Chart chart(String name) {
    return new Chart(
        name,
        Axis.linear("s", 10, Double::toString),
        Axis.log("", 1, 1000, Double::toString),
        List.of(
            new Chart.Line("one", 1, List.of(new Chart.Point(0, 1), new Chart.Point(10, 1e9))),
            new Chart.Line("dot", 2, List.of(new Chart.Point(5, 30)))));
  }

  @Test
  void aChartIsWellFormedAndStaysInItsFrame() throws Exception {
    String svg = chart("<a & \"b\">").svg();
    var document =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(svg)));
    assertThat(document.getDocumentElement().getAttribute("aria-label")).isEqualTo("<a & \"b\">");
    assertThat(svg).contains("72.0,238.0 692.0,34.0").doesNotContain("NaN");
  }

  @Test
  void aPageAsksTheNetworkForNothing() {
    String html = new Page("x").chart(chart("y")).html();
    assertThat(html).doesNotContain("http:", "https:", "src=", "url(", "@import", "<script");
    assertThat(html).contains("prefers-color-scheme: dark");
  }

  @Test
  void whatCameFromAServerIsText() {
    String html = new Page("t<script>").table(List.of("a"), List.of(List.of("<img src=x>"))).html();
    assertThat(html).contains("&lt;img src=x&gt;", "t&lt;script&gt;").doesNotContain("<img");
  }
}
