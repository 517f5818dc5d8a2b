package io.portcullis.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairnessTest {

  private static final String TLS = "TLSv1.3 TLS_AES_128_GCM_SHA256 X25519 EC-256";

  private static Fairness.Terms terms(String name, String tls, boolean tickets, String... wrong) {
    return new Fairness.Terms(name, tls, tickets, List.of(wrong));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void theSameTermsAndRightBodiesAreFair() {
    Fairness fair =
        new Fairness(List.of(terms("portcullis", TLS, true), terms("nginx", TLS, true)));
    assertThat(fair.same()).isTrue();
    assertThat(fair.markdown()).contains("| nginx | " + TLS + " | resumed | ✓ right |");
  }

  @Test
  void anotherGroupIsNamedInTheTable() {
    String other = TLS.replace("X25519", "P-256");
    Fairness unfair =
        new Fairness(List.of(terms("portcullis", TLS, true), terms("nginx", other, true)));
    assertThat(unfair.same()).isFalse();
    assertThat(unfair.bodiesRight()).isTrue();
    assertThat(unfair.markdown()).contains("| nginx | ✗ " + other, "different work");
  }

  @Test
  void whoGivesNoTicketsDoesOtherWork() {
    Fairness unfair =
        new Fairness(List.of(terms("portcullis", TLS, true), terms("haproxy", TLS, false)));
    assertThat(unfair.same()).isFalse();
    assertThat(unfair.markdown()).contains("✗ none");
  }

  @Test
  void aWrongBodyEndsIt() {
    Fairness wrong =
        new Fairness(List.of(terms("nginx", TLS, true, "http /bytes/64: differs at byte 3 of 64")));
    assertThat(wrong.bodiesRight()).isFalse();
    assertThat(wrong.markdown()).contains("✗ http /bytes/64: differs at byte 3 of 64");
  }

  @Test
  void everyByteOfABodyCounts() {
    String head = "HTTP/1.1 200 OK\r\nX: y\r\n\r\n";
    assertThat(BodyCheck.complaint(bytes(head + "taken"), bytes("taken"))).isEmpty();
    assertThat(BodyCheck.complaint(bytes(head + "tAken"), bytes("taken")))
        .isEqualTo("differs at byte 1 of 5");
    assertThat(BodyCheck.complaint(bytes(head + "take"), bytes("taken")))
        .isEqualTo("differs at byte 4 of 5");
    assertThat(BodyCheck.complaint(bytes("HTTP/1.1 502 Bad Gateway\r\n\r\n"), bytes("taken")))
        .isEqualTo("HTTP/1.1 502 Bad Gateway");
    assertThat(BodyCheck.complaint(new byte[0], bytes("taken"))).isEqualTo("no answer");
  }
}
