package io.portcullis.farm.model;

import org.jspecify.annotations.Nullable;

/// A certificate with its key, by name.
///
/// In the operator's document `chainFile` and `keyFile` name PEM files relative to the document. With neither, the
/// newest copy in the farm's store is meant. In a stored revision
/// both are absent and `version` names the sealed copy in the farm's store.
///
/// @param version absent also in a stored revision, while the authority of `acme` has not issued anything yet
/// @param acme the farm orders and renews it by itself; null = the operator brings it
public record CertificateRef(
    String name,
    @Nullable String chainFile,
    @Nullable String keyFile,
    @Nullable Integer version,
    @Nullable Acme acme) {

  /// Brought by the operator.
  public CertificateRef(
      String name,
      @Nullable String chainFile,
      @Nullable String keyFile,
      @Nullable Integer version) {
    this(name, chainFile, keyFile, version, null);
  }

  /// The copy in the store, in the place of files.
  public CertificateRef stored(int copy) {
    return new CertificateRef(name, null, null, copy, acme);
  }

  public CertificateRef withAcme(Acme order) {
    return new CertificateRef(name, chainFile, keyFile, version, order);
  }
}
