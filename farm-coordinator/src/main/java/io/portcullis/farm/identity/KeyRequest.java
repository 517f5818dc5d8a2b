package io.portcullis.farm.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/// A fresh EC P-256 key that never leaves its machine, and the PKCS #10 request that proves it is held.
///
/// @param csrPem its subject is a wish; the farm decides name and role
public record KeyRequest(String keyPem, String csrPem) {
  private static final Pattern KEPT =
      Pattern.compile(
          "(-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\\n)"
              + "(-----BEGIN CERTIFICATE REQUEST-----[^-]+-----END CERTIFICATE REQUEST-----\\n)");

  public static KeyRequest create(String name) throws GeneralSecurityException, IOException {
    KeyPair pair = pair();
    try {
      byte[] csr =
          new JcaPKCS10CertificationRequestBuilder(
                  new X500Principal("CN=" + Names.require("node", name)), pair.getPublic())
              .build(new JcaContentSignerBuilder(FarmAuthority.SIGNATURE).build(pair.getPrivate()))
              .getEncoded();
      return new KeyRequest(keyPem(pair), Pem.of("CERTIFICATE REQUEST", csr));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException("cannot sign a certificate request", e);
    }
  }

  /// The key of a join that was begun in `file` and cut off, or a fresh one that is kept there before it is shown to anybody: the farm takes a
  /// used token once more from the key that used it.
  public static KeyRequest kept(Path file, String name)
      throws GeneralSecurityException, IOException {
    if (Files.exists(file)) {
      Matcher blocks = KEPT.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
      if (blocks.matches() && isRequest(blocks.group(2))) {
        return new KeyRequest(blocks.group(1), blocks.group(2));
      }
      // Whatever it is, nobody has joined with it.
    }
    KeyRequest fresh = create(name);
    SecretFiles.write(file, fresh.keyPem + fresh.csrPem);
    return fresh;
  }

  private static boolean isRequest(String pem) {
    try {
      String _ = FarmAuthority.keyOf(pem);
      return true;
    } catch (FarmAuthority.InvalidRequest | GeneralSecurityException e) {
      return false;
    }
  }

  static KeyPair pair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(FarmAuthority.CURVE));
    return generator.generateKeyPair();
  }

  static String keyPem(KeyPair pair) {
    return Pem.of("PRIVATE KEY", pair.getPrivate().getEncoded());
  }

  @Override
  public String toString() {
    return "KeyRequest[key hidden]";
  }
}
