package io.portcullis.perf.staging;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A server's certificate, the CA that issued it, and its key.
public record ServerIdentity(X509Certificate leaf, X509Certificate ca, PrivateKey key) {

  /// Leaf first, then the CA.
  public String chainPem() throws GeneralSecurityException {
    return LabAuthority.Pem.encode("CERTIFICATE", leaf.getEncoded())
        + LabAuthority.Pem.encode("CERTIFICATE", ca.getEncoded());
  }

  /// PKCS #8.
  public String keyPem() {
    return LabAuthority.Pem.encode("PRIVATE KEY", key.getEncoded());
  }

  /// TLS as this server; clients are not asked for certificates.
  public SSLContext serverContext() throws GeneralSecurityException {
    return context(leaf, ca);
  }

  /// The same with its own certificate alone, as a server that was given no chain sends it.
  public SSLContext leafOnlyContext() throws GeneralSecurityException {
    return context(leaf);
  }

  private SSLContext context(Certificate... chain) throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("server", key, new char[0], chain);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (IOException e) {
      throw new GeneralSecurityException("an empty key store did not load", e);
    }
  }

  /// The key stays out of every log line.
  @Override
  public String toString() {
    return "ServerIdentity[" + leaf.getSubjectX500Principal().getName() + "]";
  }
}
