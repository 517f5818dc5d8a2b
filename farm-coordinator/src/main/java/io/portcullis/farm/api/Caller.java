package io.portcullis.farm.api;

import com.sun.net.httpserver.HttpsExchange;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;

/// Who asks, by the certificate that TLS verified against the farm CA.
///
/// @param issued when the certificate was signed
record Caller(String id, Role role, Instant issued) {

  /// Where nobody needs to be known.
  static final Caller UNKNOWN = new Caller("unknown", Role.VIEWER, Instant.EPOCH);

  /// Empty for a client without a certificate.
  static Optional<Caller> of(HttpsExchange exchange) {
    try {
      Certificate[] chain = exchange.getSSLSession().getPeerCertificates();
      X509Certificate leaf = (X509Certificate) chain[0];
      return Role.of(IdentityFile.roleOf(leaf))
          .map(role -> new Caller(IdentityFile.idOf(leaf), role, IdentityFile.issuedAt(leaf)));
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }
}
