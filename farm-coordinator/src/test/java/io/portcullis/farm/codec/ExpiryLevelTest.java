package io.portcullis.farm.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExpiryLevelTest {
  private static final Instant NOW = TestCertificates.NOW;

  private static Optional<Integer> level(Duration left) {
    return new Expiry(NOW.plus(left), null).level(NOW);
  }

  @Test
  void theNearestOfThirtyFourteenSevenAndOneDaysIsTold() {
    assertThat(level(Duration.ofDays(31))).isEmpty();
    assertThat(level(Duration.ofDays(30))).hasValue(30);
    assertThat(level(Duration.ofDays(15))).hasValue(30);
    assertThat(level(Duration.ofDays(14))).hasValue(14);
    assertThat(level(Duration.ofDays(7))).hasValue(7);
    assertThat(level(Duration.ofHours(20))).hasValue(1);
    assertThat(level(Duration.ZERO)).hasValue(0);
    assertThat(level(Duration.ofSeconds(-1))).hasValue(0);
  }

  @Test
  void anIntermediateThatEndsFirstIsNamedAndARootIsNot() throws GeneralSecurityException {
    TestCertificates root = TestCertificates.authority("root");
    TestCertificates issuing = root.intermediate("issuing");
    TestCertificates outlives =
        issuing.leaf("web", NOW.plus(Duration.ofDays(36500)), "web.contoso.com");
    Expiry expiry =
        Expiry.of(List.of(outlives.certificate(), issuing.certificate(), root.certificate()));
    assertThat(expiry.end()).isEqualTo(issuing.certificate().getNotAfter().toInstant());
    assertThat(expiry.words("contoso", 7))
        .startsWith("certificate contoso (its intermediate CN=issuing) ends on ")
        .contains("within 7 days");
    assertThat(Expiry.of(List.of(outlives.certificate(), root.certificate())).intermediate())
        .isNull();
  }
}
