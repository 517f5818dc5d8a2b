package io.portcullis.proxy.snapshot;

import io.portcullis.farm.model.TlsVersion;
import java.util.ArrayList;
import java.util.List;

/// The cipher suites offered and taken, best first; the server's order counts. TLS 1.3 brings its own three.
final class CipherSuites {

  /// Forward secret, every one. The CBC suites are for Windows 7 and 8 and their servers, whose TLS 1.2 has no AES-GCM with RSA certificates.
  private static final List<String> FORWARD_SECRET =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
          "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
          "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
          "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA");

  /// Phones and servers of 2010 know no elliptic curves.
  private static final List<String> RSA_KEY_EXCHANGE =
      List.of(
          "TLS_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_RSA_WITH_AES_128_CBC_SHA",
          "TLS_RSA_WITH_AES_256_CBC_SHA");

  private CipherSuites() {}

  /// A floor below TLS 1.2 is a choice for old peers, and so are suites without forward secrecy.
  static List<String> of(TlsVersion floor) {
    if (!floor.isLegacy()) {
      return FORWARD_SECRET;
    }
    List<String> all = new ArrayList<>(FORWARD_SECRET);
    all.addAll(RSA_KEY_EXCHANGE);
    return List.copyOf(all);
  }
}
