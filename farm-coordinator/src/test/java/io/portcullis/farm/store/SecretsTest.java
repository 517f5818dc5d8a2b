package io.portcullis.farm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.portcullis.farm.identity.FarmKey;
import io.portcullis.farm.identity.FarmKeys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.Test;

class SecretsTest {
  private static final byte[] SECRET = "a private key".getBytes(StandardCharsets.UTF_8);

  private final FarmKey key = FarmKey.generate();
  private final Secrets secrets = new Secrets(FarmKeys.of(key));

  @Test
  void whatIsSealedOpensWithTheSameKeyAtTheSamePath() throws Exception {
    byte[] sealed = secrets.seal("/a/1", SECRET);
    assertThat(new Secrets(FarmKeys.of(FarmKey.parse(key.base64(), "key"))).open("/a/1", sealed))
        .isEqualTo(SECRET);
    assertThat(secrets.seal("/a/1", SECRET)).isNotEqualTo(sealed);
  }

  @Test
  void anotherKeyPathOrBitDoesNotOpen() throws Exception {
    byte[] sealed = secrets.seal("/a/1", SECRET);
    fails(new Secrets(FarmKeys.of(FarmKey.generate())), "/a/1", sealed);
    fails(secrets, "/a/2", sealed);
    fails(secrets, "/a/1", new byte[0]);
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      fails(secrets, "/a/1", changed);
    }
  }

  private static void fails(Secrets secrets, String path, byte[] sealed) {
    assertThatExceptionOfType(GeneralSecurityException.class)
        .isThrownBy(() -> secrets.open(path, sealed));
  }
}
