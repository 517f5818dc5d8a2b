package io.portcullis.farm.identity;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/// A farm CA with its key.
record Signer(X509Certificate certificate, PrivateKey key) {

  /// @param suffix of its name
  static Signer found(String farm, Instant now, String suffix) throws GeneralSecurityException {
    KeyPair pair = KeyRequest.pair();
    return new Signer(
        new CertificateForm(farm, now).authority(pair.getPublic(), pair.getPrivate(), suffix),
        pair.getPrivate());
  }

  /// @param name of where the key was, for the error
  /// @throws IOException if they are not a farm's, or do not belong together
  static Signer read(String farm, String certificatePem, String keyPem, String name)
      throws IOException, GeneralSecurityException {
    X509Certificate ca = Certificates.parse(certificatePem);
    PrivateKey key = key(keyPem, name);
    if (!Certificates.organization(ca).equals(farm)) {
      throw new IOException("its CA is not that of farm " + farm);
    }
    KeyPair pair = KeyRequest.pair();
    X509Certificate probe =
        new CertificateForm(farm, Instant.now())
            .leaf(ca, key, pair.getPublic(), Role.NODE, "probe", List.of());
    try {
      probe.verify(ca.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new IOException("the CA and its key do not belong together", e);
    }
    return new Signer(ca, key);
  }

  static PrivateKey key(String text, String name) throws IOException {
    try (PEMParser pem = new PEMParser(new StringReader(text))) {
      if (pem.readObject() instanceof PrivateKeyInfo info) {
        return new JcaPEMKeyConverter().getPrivateKey(info);
      }
    }
    throw new IOException(name + " holds no PKCS #8 private key: restore it from a backup");
  }

  String certificatePem() throws GeneralSecurityException {
    return Pem.of("CERTIFICATE", certificate.getEncoded());
  }

  String keyPem() {
    return Pem.of("PRIVATE KEY", key.getEncoded());
  }

  @Override
  public String toString() {
    return "Signer[" + certificate.getSubjectX500Principal() + ", key hidden]";
  }
}
