package io.portcullis.farm.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/// The secret every coordinator and node shares: what seals private keys in the farm's store, and never enters it.
///
/// Kept in a file of mode 0600 as one line of base64; handed over once, at join, inside mutual TLS.
public final class FarmKey {
  /// 256 bits: the key size of the AES-256-GCM keys derived from it.
  private static final int BYTES = 32;

  /// Enough that two keys of a farm never share a name.
  private static final int ID_BYTES = 8;

  private final byte[] secret;

  private FarmKey(byte[] secret) {
    this.secret = secret;
  }

  public static FarmKey generate() {
    byte[] secret = new byte[BYTES];
    new SecureRandom().nextBytes(secret);
    return new FarmKey(secret);
  }

  /// @throws IOException if it is not a farm key; the message never shows what was read
  public static FarmKey parse(String base64, String name) throws IOException {
    try {
      byte[] secret = Base64.getDecoder().decode(base64.strip());
      if (secret.length == BYTES) {
        return new FarmKey(secret);
      }
    } catch (IllegalArgumentException e) {
      // Said below without the text, which may be most of a secret.
    }
    throw new IOException(name + " is not a farm key: it needs one line of base64 of 32 bytes");
  }

  public static FarmKey read(Path file) throws IOException {
    return parse(Files.readString(file), file.toString());
  }

  public void write(Path file) throws IOException {
    SecretFiles.write(file, base64() + "\n");
  }

  public String base64() {
    return Base64.getEncoder().encodeToString(secret);
  }

  /// A name for it that tells nothing of it: to say which key is meant.
  public String id() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update("portcullis farm key id 1".getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(digest.digest(secret), 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// As input keying material for HKDF.
  public SecretKey material() {
    return new SecretKeySpec(secret, "Generic");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FarmKey that && MessageDigest.isEqual(secret, that.secret);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(secret);
  }

  @Override
  public String toString() {
    return "FarmKey[hidden]";
  }
}
