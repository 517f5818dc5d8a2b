package io.portcullis.farm.cli;

import io.portcullis.farm.verify.Diagnosis;
import io.portcullis.farm.verify.Finding;
import io.portcullis.farm.verify.Verifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// What a verification came to, for people and for programs.
///
/// @param diagnoses words of what is wrong, each once
record VerifyReport(
    boolean fine,
    long ok,
    long warnings,
    long failed,
    long skipped,
    List<String> diagnoses,
    List<Finding> findings) {

  /// Below this, what was asked could not be told apart.
  private static final int NARROWEST = 132;

  static VerifyReport of(List<Finding> findings) {
    return new VerifyReport(
        Verifier.fine(findings),
        count(findings, Finding.State.OK),
        count(findings, Finding.State.WARNING),
        findings.size()
            - count(findings, Finding.State.OK)
            - count(findings, Finding.State.WARNING)
            - count(findings, Finding.State.SKIPPED),
        count(findings, Finding.State.SKIPPED),
        findings.stream()
            .filter(finding -> finding.state() == Finding.State.FAILED)
            .map(Finding::diagnosis)
            .filter(Objects::nonNull)
            .map(Diagnosis::word)
            .distinct()
            .toList(),
        findings);
  }

  private static long count(List<Finding> findings, Finding.State state) {
    return findings.stream().filter(finding -> finding.state() == state).count();
  }

  String text(int width, boolean colour) {
    Table table = new Table().text("CHECK").text("WHERE").text("WHAT").text("RESULT").text("SEEN");
    for (Finding finding : findings) {
      table.row(
          Table.Cell.of(finding.check()),
          Table.Cell.of(finding.place()),
          Table.Cell.of(finding.subject()),
          new Table.Cell(finding.state().name().toLowerCase(Locale.ROOT), style(finding.state())),
          Table.Cell.of(finding.detail()));
    }
    StringBuilder text = new StringBuilder(table.render(Math.max(width, NARROWEST), colour));
    text.append('\n').append(summary(colour)).append('\n');
    causes(text, colour);
    return text.toString();
  }

  private String summary(boolean colour) {
    String line =
        "%d checks: %d fine, %d failed, %s, %d not looked at"
            .formatted(findings.size(), ok, failed, Text.count(warnings, "warning"), skipped);
    return (fine ? Style.GOOD : Style.BAD).paint(line, colour);
  }

  /// Each diagnosis once, with where it was seen and what to do.
  private void causes(StringBuilder text, boolean colour) {
    Map<Diagnosis, List<Finding>> causes = new LinkedHashMap<>();
    for (Finding finding : findings) {
      Diagnosis what = finding.diagnosis();
      if (finding.state() == Finding.State.FAILED && what != null) {
        causes.computeIfAbsent(what, _ -> new java.util.ArrayList<>()).add(finding);
      }
    }
    causes.forEach((what, seen) -> {
      Finding first = seen.getFirst();
      text.append('\n')
          .append(Style.BAD.paint(what.word(), colour))
          .append(": ")
          .append(Text.safe(first.place() + ", " + first.subject() + ": " + first.detail()))
          .append(seen.size() == 1 ? "" : " (and " + (seen.size() - 1) + " more)")
          .append("\n  -> ")
          .append(what.nextStep())
          .append('\n');
    });
  }

  private static Style style(Finding.State state) {
    return switch (state) {
      case OK -> Style.GOOD;
      case WARNING -> Style.WARNING;
      case FAILED -> Style.BAD;
      case FOLLOWS, SKIPPED -> Style.FAINT;
    };
  }
}
