package io.portcullis.farm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.wire.CertificateOrder;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OrderWordsTest {
  private static CertificateOrder order(
      String name, int version, int failures, @Nullable String failure) {
    return new CertificateOrder(
        name,
        List.of("web.contoso.com", "meet.contoso.com"),
        "https://ca.example/dir",
        "http-01",
        version,
        version == 0 ? null : Instant.parse("2027-01-20T00:00:00Z"),
        false,
        failures,
        failure,
        failure == null ? null : Instant.parse("2026-11-22T03:00:00.5Z"));
  }

  @Test
  void nothingIsSaidWhereAllIsWell() {
    assertThat(OrderWords.worst(List.of())).isEmpty();
    assertThat(OrderWords.worst(List.of(order("a", 1, 0, null)))).isEmpty();
  }

  @Test
  void theWorstOrderIsSaidWithTheAuthoritysWords() {
    CertificateOrder waits = order("waits", 0, 0, null);
    CertificateOrder renewal = order("renewal", 3, 5, "no answer");
    CertificateOrder first = order("first", 0, 1, "web.contoso.com: DNS problem (dns)");
    assertThat(OrderWords.worst(List.of(waits)))
        .contains("certificate waits is ordered, nodes show a self-signed one");
    assertThat(OrderWords.worst(List.of(waits, renewal)))
        .contains(
            "certificate renewal is not issued: no answer (5 failures, next try 2026-11-22T03:00:00Z)");
    assertThat(OrderWords.worst(List.of(waits, renewal, first)))
        .contains(
            "certificate first is not issued, nodes show a self-signed one: web.contoso.com: DNS problem (dns) (1 failure, next try 2026-11-22T03:00:00Z)");
  }

  @Test
  void theListSaysWhereItIsFromAndWhenItIsRenewed() {
    assertThat(OrderWords.whole(order("a", 2, 0, null)))
        .contains(
            "a: ordered from https://ca.example/dir by http-01, for web.contoso.com, meet.contoso.com",
            "renewed at 2027-01-20T00:00:00Z");
  }
}
