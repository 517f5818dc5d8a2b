package io.portcullis.proxy.config;

import io.portcullis.farm.identity.SelfSigned;
import io.portcullis.farm.model.Acme;
import io.portcullis.proxy.snapshot.CertificateMaterial;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Self-signed certificates in the place of those that an authority has not issued yet, so that a revision can be served before, and the
/// listener is there on which the authority looks. Each stays the same for as long as the process lives.
///
/// Whoever holds the source's lock calls it.
final class StandIns {

  private final Map<List<String>, CertificateMaterial> made = new HashMap<>();

  CertificateMaterial of(Acme acme) throws IOException {
    CertificateMaterial known = made.get(acme.names());
    if (known != null) {
      return known;
    }
    try {
      SelfSigned made = SelfSigned.standIn(acme.names(), Instant.now());
      CertificateMaterial material = new CertificateMaterial(made.certificatePem(), made.keyPem());
      this.made.put(acme.names(), material);
      return material;
    } catch (GeneralSecurityException e) {
      throw new IOException("no stand-in for a certificate can be made", e);
    }
  }
}
