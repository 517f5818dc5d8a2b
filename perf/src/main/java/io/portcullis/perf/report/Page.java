package io.portcullis.perf.report;

import java.util.List;

/// An HTML page in one file, built top to bottom.
public final class Page {

  private static final String STYLE =
      """
      :root { color-scheme: light dark;
        --ground: #fdfdfb; --ink: #1d2327; --soft: #5c666d; --rule: #dfe3e6; --card: #f3f5f6;
        --t1: #0b6bcb; --t2: #c2410c; --t3: #5b7f0a; --t4: #8a3ffc; --good: #1a7f37; --bad: #c01c28; }
      @media (prefers-color-scheme: dark) { :root {
        --ground: #14181b; --ink: #e6eaed; --soft: #9aa5ad; --rule: #2c343a; --card: #1c2226;
        --t1: #6cb6ff; --t2: #ff9e64; --t3: #b5d56a; --t4: #c9a6ff; --good: #56d364; --bad: #ff7b72; } }
      body { background: var(--ground); color: var(--ink); margin: 0 auto; padding: 2rem 1.25rem 4rem;
        max-width: 60rem; font: 16px/1.5 system-ui, sans-serif; }
      h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 2.25rem 0 .5rem; }
      p { margin: .25rem 0; } .soft { color: var(--soft); }
      .good { color: var(--good); font-weight: 600; } .bad { color: var(--bad); font-weight: 600; }
      .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.25rem 0; }
      .fact { background: var(--card); border-radius: .5rem; padding: .6rem .8rem; }
      .fact b { display: block; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
      .fact span { color: var(--soft); font-size: .85rem; }
      .wide { overflow-x: auto; }
      table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
      th, td { text-align: right; padding: .3rem .6rem; border-bottom: 1px solid var(--rule); white-space: nowrap; }
      th { color: var(--soft); font-weight: 500; } th:first-child, td:first-child { text-align: left; }
      .prose td, .prose th { text-align: left; white-space: normal; vertical-align: top; } .prose td:first-child { white-space: nowrap; }
      svg.chart { width: 100%; height: auto; display: block; margin: .75rem 0 1.5rem; }
      svg text { fill: var(--soft); font: 12px system-ui, sans-serif; } svg text.title { fill: var(--ink); font-weight: 600; font-size: 13px; }
      .grid { stroke: var(--rule); stroke-width: 1; } .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
      .line.t1 { stroke: var(--t1); } .line.t2 { stroke: var(--t2); } .line.t3 { stroke: var(--t3); } .line.t4 { stroke: var(--t4); }
      .dot.t1 { fill: var(--t1); } .dot.t2 { fill: var(--t2); } .dot.t3 { fill: var(--t3); } .dot.t4 { fill: var(--t4); }
      """;

  private final StringBuilder body = new StringBuilder();
  private final String title;

  public Page(String title) {
    this.title = title;
    body.append("<h1>").append(escape(title)).append("</h1>\n");
  }

  public Page heading(String text) {
    body.append("<h2>").append(escape(text)).append("</h2>\n");
    return this;
  }

  /// @param style `soft`, `good`, `bad` or empty
  public Page line(String style, String text) {
    body.append("<p class=\"").append(style).append("\">").append(escape(text)).append("</p>\n");
    return this;
  }

  /// A number that matters, and what it is.
  public record Fact(String value, String meaning) {}

  public Page facts(List<Fact> facts) {
    body.append("<div class=\"facts\">\n");
    for (Fact fact : facts) {
      body.append(
          "<div class=\"fact\"><b>%s</b><span>%s</span></div>\n"
              .formatted(escape(fact.value()), escape(fact.meaning())));
    }
    body.append("</div>\n");
    return this;
  }

  /// A cell that begins with `✓` or `✗` is coloured.
  public Page table(List<String> head, List<List<String>> rows) {
    return table("wide", head, rows);
  }

  /// Cells that are sentences: they wrap.
  public Page prose(List<String> head, List<List<String>> rows) {
    return table("wide prose", head, rows);
  }

  private Page table(String style, List<String> head, List<List<String>> rows) {
    body.append("<div class=\"").append(style).append("\"><table>\n<tr>");
    head.forEach(cell -> body.append("<th>").append(escape(cell)).append("</th>"));
    body.append("</tr>\n");
    for (List<String> row : rows) {
      body.append("<tr>");
      for (String cell : row) {
        String tone = cell.startsWith("✓") ? "good" : cell.startsWith("✗") ? "bad" : "";
        body.append(tone.isEmpty() ? "<td>" : "<td class=\"" + tone + "\">")
            .append(escape(cell))
            .append("</td>");
      }
      body.append("</tr>\n");
    }
    body.append("</table></div>\n");
    return this;
  }

  public Page chart(Chart chart) {
    body.append(chart.svg());
    return this;
  }

  public String html() {
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>%s</title>
    <style>
    %s</style>
    </head>
    <body>
    %s</body>
    </html>
    """
        .formatted(escape(title), STYLE, body);
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
