package io.portcullis.farm.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What findings say of one another.
class VerifierTest {
  private static final Finding MEMBER = Finding.ok("V17", "fe1", "NTLM", "pool01", "signed in");
  private static final Finding NODE =
      Finding.failed("V17", "edge1", "NTLM", "pool01", Diagnosis.SIGN_IN_REFUSED, "refused");

  @Test
  void whoSignedInAtTheMemberAndNotThroughTheNodeHasNoWrongPassword() {
    assertThat(Verifier.atTheMember(NODE, List.of(MEMBER, NODE)).diagnosis())
        .isEqualTo(Diagnosis.NTLM_BROKEN);
  }

  @Test
  void aPasswordThatTheMemberRefusedIsWrong() {
    Finding later = Finding.ok("V17", "edge1", "NTLM", "pool01", "not signed in");

    assertThat(Verifier.atTheMember(NODE, List.of(NODE, later)).diagnosis())
        .isEqualTo(Diagnosis.SIGN_IN_REFUSED);
  }

  @Test
  void anotherPoolsMemberProvesNothing() {
    Finding other = Finding.ok("V17", "fe9", "NTLM", "pool02", "signed in");

    assertThat(Verifier.atTheMember(NODE, List.of(other, NODE)).diagnosis())
        .isEqualTo(Diagnosis.SIGN_IN_REFUSED);
  }

  @Test
  void aConnectionThatIsSharedExplainsMissingChallengesOfItsPoolOnly() {
    assertThat(Diagnosis.CONNECTION_SHARED.explains()).containsExactly(Diagnosis.NO_CHALLENGE);
  }
}
