package io.portcullis.farm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class FarmPathsTest {
  private final FarmPaths paths = FarmPaths.of("edge");

  @Test
  void noNameLeavesItsPlace() {
    assertThat(paths.certificate("a/../b", 1))
        .isEqualTo("/portcullis/edge/certificates/a%2F..%2Fb/1");
    assertThat(paths.node("..")).isEqualTo("/portcullis/edge/nodes/%2E%2E");
    assertThatIllegalArgumentException().isThrownBy(() -> paths.node(""));
  }

  @Test
  void aLargeDocumentIsCompressedAndOneTooLargeIsRefusedBeforeItIsSent() throws Exception {
    String large = "members: [fe1.contoso.local]\n".repeat(100_000);
    byte[] stored = Znodes.encode("/p", large);
    assertThat(stored.length).isLessThan(100_000);
    assertThat(Znodes.decode("/p", stored, String.class)).isEqualTo(large);

    byte[] noise = new byte[1_000_000];
    new SecureRandom().nextBytes(noise);
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> Znodes.encode("/p", HexFormat.of().formatHex(noise)))
        .withMessageContaining("/p would be")
        .matches(e -> e.kind() == StoreException.Kind.BAD_DATA);
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() ->
            Znodes.decode("/p", "[1]".getBytes(StandardCharsets.UTF_8), Revisions.Stored.class))
        .withMessageContaining("/p");
  }
}
