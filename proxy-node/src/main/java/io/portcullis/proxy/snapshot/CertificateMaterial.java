package io.portcullis.proxy.snapshot;

/// A certificate chain with its private key, as PEM text.
///
/// @param chainPem leaf first, then the intermediates
public record CertificateMaterial(String chainPem, String keyPem) {

  /// The key must not reach a log by accident.
  @Override
  public String toString() {
    return "CertificateMaterial[" + chainPem.length() + " characters of chain]";
  }
}
