package io.portcullis.farm.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

class PassphraseBoxTest {
  private static final byte[] CONTENT = "the farm key and all".getBytes(StandardCharsets.UTF_8);
  private static final String PASSPHRASE = "correct horse battery stäple";

  private final byte[] sealed;

  PassphraseBoxTest() throws Exception {
    sealed = PassphraseBox.seal("farm edge at noon", CONTENT, PASSPHRASE);
  }

  private static AbstractThrowableAssert<?, ?> refused(byte[] file, String passphrase) {
    return assertThatThrownBy(() -> PassphraseBox.open(file, passphrase))
        .isInstanceOf(IOException.class);
  }

  @Test
  void whatIsSealedOpensWithItsPassphraseOnly() throws Exception {
    assertThat(PassphraseBox.open(sealed, PASSPHRASE)).isEqualTo(CONTENT);
    refused(sealed, "correct horse battery staple")
        .hasMessageContaining("the passphrase is another one, or the file is damaged");
  }

  @Test
  void theSameThingIsNeverSealedTheSameAndSaysWhatItIs() throws Exception {
    assertThat(PassphraseBox.seal("farm edge at noon", CONTENT, PASSPHRASE)).isNotEqualTo(sealed);
    assertThat(new String(sealed, StandardCharsets.ISO_8859_1))
        .startsWith("portcullis backup 1 farm edge at noon\nargon2id m=65536 t=3 p=4 salt=")
        .doesNotContain("farm key");
  }

  @Test
  void whatWasCutOffOrChangedIsRefused() {
    for (int length : new int[] {0, 10, 100, sealed.length - 1}) {
      refused(Arrays.copyOf(sealed, length), PASSPHRASE)
          .message()
          .containsAnyOf("damaged", "cut off");
    }
    for (int i : new int[] {25, 60, 120, sealed.length - 30, sealed.length - 1}) {
      byte[] bent = sealed.clone();
      bent[i] ^= 1;
      refused(bent, PASSPHRASE);
    }
  }

  @Test
  void aFileThatAsksForAllMemoryOrALaterFormIsRefusedAtOnce() {
    String text = new String(sealed, StandardCharsets.ISO_8859_1);
    refused(text.replace("m=65536", "m=9999999").getBytes(StandardCharsets.ISO_8859_1), PASSPHRASE)
        .hasMessageContaining("asks for work that no backup asks for");
    refused(text.replace("backup 1", "backup 2").getBytes(StandardCharsets.ISO_8859_1), PASSPHRASE)
        .hasMessageContaining("which only a newer release reads");
  }
}
