package io.portcullis.farm.store;

import io.portcullis.farm.identity.FarmKey;
import io.portcullis.farm.identity.FarmKeys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;

/// Seals what ZooKeeper must hold but not know: AES-256-GCM under a key that HKDF (RFC 5869) derives from the farm key for
/// one znode path, with that path as associated data. A sealed value copied to another path does not open.
///
/// Form: version byte 1, 12-byte random nonce, ciphertext with a 16-byte tag.
final class Secrets {
  private static final byte FORM = 1;

  /// NIST SP 800-38D §8.2: 96-bit nonces; random ones are safe here because each path has a key of its own.
  private static final int NONCE_BYTES = 12;

  private static final int TAG_BITS = 128;
  private static final int KEY_BYTES = 32;

  private final FarmKeys farmKeys;
  private final SecureRandom random = new SecureRandom();

  /// @param farmKeys the first seals, all open
  Secrets(FarmKeys farmKeys) {
    this.farmKeys = farmKeys;
  }

  byte[] seal(String path, byte[] secret) throws GeneralSecurityException {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] body = cipher(Cipher.ENCRYPT_MODE, farmKeys.sealing(), path, nonce).doFinal(secret);
    byte[] sealed = new byte[1 + NONCE_BYTES + body.length];
    sealed[0] = FORM;
    System.arraycopy(nonce, 0, sealed, 1, NONCE_BYTES);
    System.arraycopy(body, 0, sealed, 1 + NONCE_BYTES, body.length);
    return sealed;
  }

  /// @throws GeneralSecurityException if it was sealed with another farm key, for another path, or changed
  byte[] open(String path, byte[] sealed) throws GeneralSecurityException {
    if (sealed.length <= 1 + NONCE_BYTES || sealed[0] != FORM) {
      throw new GeneralSecurityException("not a sealed value of form " + FORM);
    }
    GeneralSecurityException failure = new AEADBadTagException("no key opens it");
    for (FarmKey key : farmKeys.all()) {
      try {
        return open(key, path, sealed);
      } catch (AEADBadTagException e) {
        failure = e;
      }
    }
    throw failure;
  }

  /// Whether it has to be sealed anew before older keys are forgotten.
  boolean isOfOlderKey(String path, byte[] sealed) {
    try {
      open(farmKeys.sealing(), path, sealed);
      return false;
    } catch (GeneralSecurityException e) {
      return true;
    }
  }

  private static byte[] open(FarmKey key, String path, byte[] sealed)
      throws GeneralSecurityException {
    byte[] nonce = Arrays.copyOfRange(sealed, 1, 1 + NONCE_BYTES);
    int start = 1 + NONCE_BYTES;
    return cipher(Cipher.DECRYPT_MODE, key, path, nonce)
        .doFinal(sealed, start, sealed.length - start);
  }

  private static Cipher cipher(int mode, FarmKey farmKey, String path, byte[] nonce)
      throws GeneralSecurityException {
    byte[] place = path.getBytes(StandardCharsets.UTF_8);
    SecretKey key =
        KDF.getInstance("HKDF-SHA256")
            .deriveKey(
                "AES",
                HKDFParameterSpec.ofExtract()
                    .addIKM(farmKey.material())
                    .addSalt("portcullis sealed value 1".getBytes(StandardCharsets.UTF_8))
                    .thenExpand(place, KEY_BYTES));
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(place);
    return cipher;
  }
}
