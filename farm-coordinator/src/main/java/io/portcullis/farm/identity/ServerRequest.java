package io.portcullis.farm.identity;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/// A key for a public certificate, and the PKCS #10 request that a public authority signs.
///
/// RSA 2048 with key usages as "Request and configure a certificate for your reverse HTTP proxy in Lync Server 2013" has them:
/// digital signature and key encipherment, critical; server and client authentication, not critical.
public record ServerRequest(String keyPem, String csrPem) {
  private static final int RSA_BITS = 2048;

  /// Public authorities take a hundred names; more is a wrong document.
  static final int MAX_NAMES = 100;

  /// @param names subject alternative names; the first is the subject's name too
  public static ServerRequest create(List<String> names)
      throws GeneralSecurityException, IOException {
    if (names.isEmpty() || names.size() > MAX_NAMES) {
      throw new IllegalArgumentException("a request has 1 to " + MAX_NAMES + " names");
    }
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(RSA_BITS);
    KeyPair pair = generator.generateKeyPair();
    ExtensionsGenerator extensions = new ExtensionsGenerator();
    extensions.addExtension(
        Extension.keyUsage,
        true,
        new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
    extensions.addExtension(
        Extension.extendedKeyUsage,
        false,
        new ExtendedKeyUsage(
            new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
    extensions.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(
            names.stream()
                .map(name -> new GeneralName(GeneralName.dNSName, name))
                .toArray(GeneralName[]::new)));
    try {
      byte[] csr =
          new JcaPKCS10CertificationRequestBuilder(
                  new X500Principal("CN=" + names.getFirst()), pair.getPublic())
              .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
              .build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate()))
              .getEncoded();
      return new ServerRequest(KeyRequest.keyPem(pair), Pem.of("CERTIFICATE REQUEST", csr));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException("cannot sign a certificate request", e);
    }
  }

  @Override
  public String toString() {
    return "ServerRequest[key hidden]";
  }
}
