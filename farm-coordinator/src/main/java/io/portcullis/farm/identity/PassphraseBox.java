package io.portcullis.farm.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// Something that only a passphrase opens, in one file.
///
/// Two lines in clear, then the ciphertext with its tag (AES-256-GCM; the two lines are its associated data):
///
/// ```
/// portcullis backup 1 farm contoso-edge at 2026-06-01T00:00:00Z
/// argon2id m=65536 t=3 p=4 salt=... nonce=...
/// ```
///
/// The key is Argon2id's (RFC 9106) of passphrase and salt, with the parameters of the second line: to guess costs 64 MB and a good part of
/// a second for each try.
public final class PassphraseBox {
  /// RFC 9106 §4, the second recommended choice: 64 MiB, three passes, four lanes.
  private static final int MEMORY_KIB = 1 << 16;

  private static final int PASSES = 3;
  private static final int LANES = 4;

  /// A file may ask for more than today's choice, and not for all of the reader's memory or day.
  private static final int MAX_MEMORY_KIB = 1 << 20;

  private static final int MAX_PASSES = 20;
  private static final int MAX_LANES = 16;

  private static final int SALT_BYTES = 16;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int KEY_BYTES = 32;

  /// More than the longest two lines.
  private static final int HEADER_BYTES = 400;

  private static final Pattern HEADER =
      Pattern.compile(
          "portcullis backup (\\d{1,3}) (?<about>[^\n]{1,200})\n"
              + "argon2id m=(?<m>\\d{1,7}) t=(?<t>\\d{1,2}) p=(?<p>\\d{1,2})"
              + " salt=(?<salt>[A-Za-z0-9+/=]{24}) nonce=(?<nonce>[A-Za-z0-9+/=]{16})\n");

  private PassphraseBox() {}

  /// @param about one line that anybody may read
  public static byte[] seal(String about, byte[] content, String passphrase)
      throws GeneralSecurityException {
    SecureRandom random = new SecureRandom();
    byte[] salt = new byte[SALT_BYTES];
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(salt);
    random.nextBytes(nonce);
    byte[] header =
        "portcullis backup 1 %s\nargon2id m=%d t=%d p=%d salt=%s nonce=%s\n"
            .formatted(about, MEMORY_KIB, PASSES, LANES, base64(salt), base64(nonce))
            .getBytes(StandardCharsets.US_ASCII);
    SecretKeySpec key = key(passphrase, salt, MEMORY_KIB, PASSES, LANES);
    byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, nonce, header).doFinal(content);
    return ByteBuffer.allocate(header.length + sealed.length).put(header).put(sealed).array();
  }

  /// @throws IOException saying why it does not open
  public static byte[] open(byte[] file, String passphrase)
      throws IOException, GeneralSecurityException {
    String start =
        new String(file, 0, Math.min(file.length, HEADER_BYTES), StandardCharsets.ISO_8859_1);
    Matcher header = HEADER.matcher(start);
    if (!header.lookingAt()) {
      throw new IOException("it is not a backup of a farm, or its beginning is damaged");
    }
    if (!header.group(1).equals("1")) {
      throw new IOException(
          "it is a backup of form %s, which only a newer release reads".formatted(header.group(1)));
    }
    int memory = Integer.parseInt(header.group("m"));
    int passes = Integer.parseInt(header.group("t"));
    int lanes = Integer.parseInt(header.group("p"));
    if (memory > MAX_MEMORY_KIB
        || passes > MAX_PASSES
        || lanes > MAX_LANES
        || passes < 1
        || lanes < 1
        || memory < 8 * lanes) {
      throw new IOException("its second line asks for work that no backup asks for");
    }
    byte[] clear = Arrays.copyOf(file, header.end());
    byte[] sealed = Arrays.copyOfRange(file, header.end(), file.length);
    try {
      byte[] salt = Base64.getDecoder().decode(header.group("salt"));
      byte[] nonce = Base64.getDecoder().decode(header.group("nonce"));
      SecretKeySpec key = key(passphrase, salt, memory, passes, lanes);
      return cipher(Cipher.DECRYPT_MODE, key, nonce, clear).doFinal(sealed);
    } catch (AEADBadTagException | IllegalArgumentException e) {
      throw new IOException(
          "it does not open: the passphrase is another one, or the file is damaged or cut off", e);
    }
  }

  private static SecretKeySpec key(
      String passphrase, byte[] salt, int memory, int passes, int lanes) {
    Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
    argon2.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withSalt(salt)
            .withMemoryAsKB(memory)
            .withIterations(passes)
            .withParallelism(lanes)
            .build());
    byte[] key = new byte[KEY_BYTES];
    argon2.generateBytes(passphrase.getBytes(StandardCharsets.UTF_8), key);
    return new SecretKeySpec(key, "AES");
  }

  private static Cipher cipher(int mode, SecretKeySpec key, byte[] nonce, byte[] header)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(header);
    return cipher;
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
