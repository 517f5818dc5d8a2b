package io.portcullis.farm.store;

/// A certificate with its key, opened.
///
/// @param chainPem leaf first
/// @param keyPem as imported (PKCS #8 PEM)
public record StoredCertificate(String name, int version, String chainPem, String keyPem) {

  boolean holds(String chain, String key) {
    return chainPem.equals(chain) && keyPem.equals(key);
  }

  @Override
  public String toString() {
    return "StoredCertificate[" + name + "/" + version + "]";
  }
}
