package io.portcullis.farm.model;

/// Protocol floors an operator can name; everything below TLS 1.2 is an explicit, warned choice.
public enum TlsVersion {
  TLSv1("TLSv1"),
  TLSv1_1("TLSv1.1"),
  TLSv1_2("TLSv1.2"),
  TLSv1_3("TLSv1.3");

  private final String word;

  TlsVersion(String word) {
    this.word = word;
  }

  /// The word used in documents and by TLS libraries: `TLSv1.2`.
  public String word() {
    return word;
  }

  public boolean isLegacy() {
    return compareTo(TLSv1_2) < 0;
  }
}
