package io.portcullis.perf.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.portcullis.perf.report.Browser;
import io.portcullis.perf.staging.StagingPool;
import java.awt.image.BufferedImage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// The report of a real run, looked at as its reader does.
class ReportInBrowserTest {

  /// The page's own colours: ground, and the first line of a chart.
  private static final int LIGHT_GROUND = 0xfdfdfb;

  private static final int LIGHT_LINE = 0x0b6bcb;
  private static final int DARK_GROUND = 0x14181b;
  private static final int DARK_LINE = 0x6cb6ff;

  /// What a reader's browser is asked, at the end of a copy of the page.
  private static final String PROBE =
      """
      <script>
        const charts = [...document.querySelectorAll('svg.chart')];
        const outside = charts.flatMap(svg => [...svg.querySelectorAll('text')].filter(text => {
          const box = text.getBoundingClientRect(), frame = svg.getBoundingClientRect();
          return box.left < frame.left - 1 || box.right > frame.right + 1;
        }).map(text => text.textContent));
        document.title = JSON.stringify({
          charts: charts.length,
          titles: charts.map(svg => svg.getAttribute('aria-label')),
          labelsOutside: outside,
          wider: document.documentElement.scrollWidth > window.innerWidth,
          fetched: performance.getEntriesByType('resource').length});
      </script>
      """;

  @TempDir private Path directory;

  /// A run in which every fifth answer is an error, beside a node that says how busy it is.
  private Path report() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    HttpServer node =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    node.createContext(
        "/metrics",
        exchange -> {
          byte[] text =
              """
              process_cpu_seconds_total %d
              jvm_gc_collection_seconds_sum{gc="Copy",} 0.%d
              jvm_gc_collection_seconds_sum{gc="MarkSweepCompact",} 0.01
              """
                  .formatted(1 + asked.get(), 100 + asked.getAndIncrement())
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, text.length);
          exchange.getResponseBody().write(text);
          exchange.close();
        });
    node.start();
    try (StagingPool pool = StagingPool.start(StagingPool.Settings.twoMembers(directory))) {
      int code =
          new CommandLine(new LoadCommand())
              .execute(
                  "--target=http://webext01.contoso.com",
                  "--connect=127.0.0.1:" + pool.members().getFirst().http().getPort(),
                  "--allow=webext01.contoso.com",
                  "--allow=127.0.0.1",
                  "--path=/scripted/1/5/report",
                  "--rate=20",
                  "--duration=4s",
                  "--metrics=http://127.0.0.1:" + node.getAddress().getPort() + "/metrics",
                  "--report=" + directory.resolve("report"));
      assertThat(code).isEqualTo(1);
    } finally {
      node.stop(0);
    }
    return directory.resolve("report.html");
  }

  @Test
  void isReadableInLightAndDarkAndAsksTheNetworkForNothing() throws Exception {
    Path report = report();
    assertThat(LoadResult.read(directory.resolve("report.json")).nodes())
        .isNotEmpty()
        .allSatisfy(second -> assertThat(second.cpu()).isPositive());
    Browser browser = new Browser(directory);
    Path probed =
        Files.writeString(
            directory.resolve("probed.html"),
            Files.readString(report).replace("</body>", PROBE + "</body>"));
    assertThat(browser.document(probed).replace("&quot;", "\""))
        .contains("\"labelsOutside\":[]", "\"wider\":false", "\"fetched\":0")
        .contains("Errors a second", "Processors busy", "Garbage collection", "\"charts\":6");
    BufferedImage light = browser.picture(report, false);
    assertThat(rgb(light, 2, 2)).isEqualTo(LIGHT_GROUND);
    assertThat(holds(light, LIGHT_LINE)).as("a chart's line, light").isTrue();
    BufferedImage dark = browser.picture(report, true);
    assertThat(rgb(dark, 2, 2)).isEqualTo(DARK_GROUND);
    assertThat(holds(dark, DARK_LINE)).as("a chart's line, dark").isTrue();
  }

  private static int rgb(BufferedImage picture, int x, int y) {
    return picture.getRGB(x, y) & 0xffffff;
  }

  private static boolean holds(BufferedImage picture, int colour) {
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        if (rgb(picture, x, y) == colour) {
          return true;
        }
      }
    }
    return false;
  }
}
