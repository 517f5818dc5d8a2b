package io.portcullis.farm.identity;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/// A fresh EC P-256 key that never leaves its machine, and the PKCS #10 request that proves it is held.
///
/// @param csrPem its subject is a wish; the farm decides name and role
public record KeyRequest(String keyPem, String csrPem) {

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
