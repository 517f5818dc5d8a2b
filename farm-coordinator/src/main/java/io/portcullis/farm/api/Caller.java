package io.portcullis.farm.api;

import io.portcullis.farm.identity.FarmTrust;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;

/// Who asks, by the certificate that TLS verified against the farm CA.
///
/// @param issued when the certificate was signed
/// @param authority name of the CA that signed it
record Caller(String id, Role role, Instant issued, X500Principal authority) {

  /// Where nobody needs to be known.
  static final Caller UNKNOWN =
      new Caller("unknown", Role.VIEWER, Instant.EPOCH, new X500Principal("CN=nobody"));

  /// Empty for a client without a certificate.
  ///
  /// @throws Refusal if the certificate is of a CA that is not the farm's any more
  static Optional<Caller> of(SSLSession session, FarmTrust trust) throws Refusal {
    try {
      Certificate[] chain = session.getPeerCertificates();
      X509Certificate leaf = (X509Certificate) chain[0];
      if (!trust.issued(leaf)) {
        throw new Refusal(
            403,
            "the certificate of %s does not count any more".formatted(IdentityFile.idOf(leaf)),
            "it expired, or the farm has another CA by now: join again with a new token");
      }
      return Role.of(IdentityFile.roleOf(leaf))
          .map(role ->
              new Caller(
                  IdentityFile.idOf(leaf),
                  role,
                  IdentityFile.issuedAt(leaf),
                  leaf.getIssuerX500Principal()));
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }
}
