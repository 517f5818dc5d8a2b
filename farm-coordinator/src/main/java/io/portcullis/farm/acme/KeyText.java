package io.portcullis.farm.acme;

import io.portcullis.farm.model.Acme;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A key pair as text: the private half as PKCS #8 PEM, then the public one.
public final class KeyText {
  private static final int RSA_BITS = 2048;
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----\n?");

  private KeyText() {}

  public static String create(Acme.Key kind) {
    try {
      KeyPairGenerator generator =
          KeyPairGenerator.getInstance(kind == Acme.Key.RSA ? "RSA" : "EC");
      switch (kind) {
        case RSA -> generator.initialize(RSA_BITS);
        case ECDSA -> generator.initialize(new ECGenParameterSpec("secp256r1"));
      }
      KeyPair pair = generator.generateKeyPair();
      return pem("PRIVATE KEY", pair.getPrivate().getEncoded())
          + pem("PUBLIC KEY", pair.getPublic().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK makes RSA and EC keys", e);
    }
  }

  private static String pem(String label, byte[] der) {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  /// The private half alone, PEM.
  public static String privateHalf(String text) {
    Matcher block = BLOCK.matcher(text);
    if (!block.find()) {
      throw new IllegalArgumentException("no key");
    }
    return block.group();
  }

  static KeyPair pair(String text) throws AcmeFailure {
    Matcher block = BLOCK.matcher(text);
    try {
      PKCS8EncodedKeySpec secret = new PKCS8EncodedKeySpec(next(block));
      X509EncodedKeySpec open = new X509EncodedKeySpec(next(block));
      try {
        return pair("EC", secret, open);
      } catch (InvalidKeySpecException e) {
        return pair("RSA", secret, open);
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new AcmeFailure("a key that the farm made cannot be read");
    }
  }

  private static KeyPair pair(String algorithm, PKCS8EncodedKeySpec secret, X509EncodedKeySpec open)
      throws GeneralSecurityException {
    KeyFactory factory = KeyFactory.getInstance(algorithm);
    return new KeyPair(factory.generatePublic(open), factory.generatePrivate(secret));
  }

  private static byte[] next(Matcher block) {
    if (!block.find()) {
      throw new IllegalArgumentException("no key");
    }
    return Base64.getMimeDecoder().decode(block.group(2));
  }
}
