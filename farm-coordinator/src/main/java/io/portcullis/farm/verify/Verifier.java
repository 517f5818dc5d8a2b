package io.portcullis.farm.verify;

import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Runs every check, towards the members first, then from outside through each entrance, and tells causes from consequences.
public final class Verifier {
  private final Plan plan;

  public Verifier(Plan plan) {
    this.plan = plan;
  }

  /// @param progress hears of each finding as it is made, before causes are known
  /// @throws GeneralSecurityException if a trust bundle cannot be read
  public List<Finding> run(Consumer<Finding> progress) throws GeneralSecurityException {
    List<Finding> found = new ArrayList<>();
    Consumer<Finding> both =
        finding -> {
          found.add(finding);
          progress.accept(finding);
        };
    SignIn who = plan.signIn();
    if (who != null && who.refused()) {
      both.accept(
          Finding.failed(
              "V17",
              "sign-in",
              who.user(),
              "",
              Diagnosis.SIGN_IN_REFUSED,
              "refused before, and not tried again: accounts lock"));
    }
    new DnsChecks(plan, both).run();
    new MemberChecks(plan, both).run();
    for (Plan.Entrance entrance : plan.entrances()) {
      new EntranceChecks(plan, entrance, both).run();
    }
    return explained(found.stream().map(finding -> atTheMember(finding, found)).toList());
  }

  /// Who signed in at a member itself, before, is refused on the way to it by something that takes NTLM apart.
  static Finding atTheMember(Finding finding, List<Finding> found) {
    boolean elsewhere =
        finding.diagnosis() == Diagnosis.SIGN_IN_REFUSED
            && found.subList(0, found.indexOf(finding)).stream()
                .anyMatch(other ->
                    other.check().equals("V17")
                        && other.state() == Finding.State.OK
                        && other.pool().equals(finding.pool()));
    return elsewhere ? finding.with(Diagnosis.NTLM_BROKEN) : finding;
  }

  /// A failure that another one at the same pool explains follows from it.
  private static List<Finding> explained(List<Finding> found) {
    return found.stream()
        .map(finding ->
            finding.state() == Finding.State.FAILED
                    && found.stream().anyMatch(other -> explains(other, finding))
                ? finding.following()
                : finding)
        .toList();
  }

  private static boolean explains(Finding cause, Finding seen) {
    Diagnosis why = cause.diagnosis();
    Diagnosis what = seen.diagnosis();
    return cause.state() == Finding.State.FAILED
        && why != null
        && what != null
        && why != what
        && cause.pool().equals(seen.pool())
        && why.explains().contains(what);
  }

  public static boolean fine(List<Finding> findings) {
    return findings.stream()
        .noneMatch(finding ->
            finding.state() == Finding.State.FAILED || finding.state() == Finding.State.FOLLOWS);
  }
}
