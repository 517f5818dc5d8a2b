package io.portcullis.farm.codec;

import java.io.IOException;
import java.io.StringReader;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.util.Base64;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/// Private keys out of PEM text in the shapes that tools write: PKCS #8, PKCS #1 (RSA) and SEC 1 (EC).
///
/// No message contains anything of the key.
public final class PrivateKeys {
  private PrivateKeys() {}

  /// The first private key in the text.
  ///
  /// @throws InvalidKeyException saying what is in the way and how to convert the key
  public static PrivateKey read(String pem) throws InvalidKeyException {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
      for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
        switch (block) {
          case PrivateKeyInfo key -> {
            return converter.getPrivateKey(key);
          }
          case PEMKeyPair pair -> {
            return converter.getPrivateKey(pair.getPrivateKeyInfo());
          }
          case PKCS8EncryptedPrivateKeyInfo _, PEMEncryptedKeyPair _ ->
              throw new InvalidKeyException(
                  "the private key is encrypted; decrypt it: openssl pkcs8 -topk8 -nodes -in KEY -out NEWKEY");
          default -> {
            // EC PARAMETERS and certificates may stand beside the key.
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      throw new InvalidKeyException(
          "the private key is damaged or of a kind unknown here; convert it: openssl pkcs8 -topk8 -nodes -in KEY -out NEWKEY");
    }
    throw new InvalidKeyException(
        "there is no private key in the file (-----BEGIN PRIVATE KEY-----)");
  }

  /// The key as unencrypted PKCS #8 PEM, the one shape that is sealed and handed to TLS.
  public static String pkcs8(PrivateKey key) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    return "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n";
  }
}
