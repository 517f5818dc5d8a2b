package io.portcullis.perf.verdict;

import io.portcullis.perf.report.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What the findings come to, for a terminal and for a page.
public record Verdict(List<Finding> findings) {

  private static final List<String> HEAD =
      List.of("verdict", "operation", "measure", "before", "now", "difference", "tolerance");

  public Verdict {
    findings = List.copyOf(findings);
  }

  public boolean isWorse() {
    return findings.stream().anyMatch(found -> found.judgement() == Finding.Judgement.WORSE);
  }

  /// Whether anything was too uncertain to be judged.
  public boolean isUnclear() {
    return findings.stream().anyMatch(found -> found.judgement() == Finding.Judgement.UNCLEAR);
  }

  public String summary() {
    long worse =
        findings.stream().filter(found -> found.judgement() == Finding.Judgement.WORSE).count();
    if (worse > 0) {
      return worse + " of " + findings.size() + " measures are worse than the baseline";
    }
    return isUnclear()
        ? "nothing is shown to be worse, but some intervals are too wide to exclude it: run longer, or on a quieter machine"
        : "as good as the baseline";
  }

  public String text() {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows()) {
      text.append(
          String.format(Locale.ROOT, "%-9s %-28s %-7s %10s %10s  %-24s ±%s%n", row.toArray()));
    }
    return text.append(summary()).append('\n').toString();
  }

  public void onto(Page page) {
    page.heading("Against the baseline");
    page.line(isWorse() ? "bad" : "good", summary());
    page.table(HEAD, rows());
  }

  private List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    for (Finding found : findings) {
      rows.add(
          List.of(
              switch (found.judgement()) {
                case WORSE -> "✗ worse";
                case BETTER -> "✓ better";
                case SAME -> "✓ same";
                case UNCLEAR -> "? unclear";
              },
              found.operation(),
              found.measure().word(),
              found.text(found.before()),
              found.text(found.now()),
              found.text(found.low()) + " … " + found.text(found.high()),
              found.text(found.tolerance())));
    }
    return rows;
  }
}
