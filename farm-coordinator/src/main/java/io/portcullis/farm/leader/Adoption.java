package io.portcullis.farm.leader;

import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.codec.IssuedCertificate;
import io.portcullis.farm.model.Acme;
import io.portcullis.farm.model.CertificateRef;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.store.CertificateShelf;
import io.portcullis.farm.store.Leadership;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.Revisions.Outcome;
import io.portcullis.farm.store.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The revision by which nodes come to serve certificates that were issued, with nothing else changed. The nodes are not asked: chain and key
/// were checked before they were kept.
///
/// It waits while a revision is unconfirmed or proposed: a revision of the farm's own would confirm the one, and refuse the other.
final class Adoption {
  private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

  private Adoption() {}

  /// @return whether a revision was written, or somebody else wrote one meanwhile
  static boolean run(Leadership leadership, Revision newest, FarmConfig config, Instant now)
      throws StoreException {
    List<String> said = new ArrayList<>();
    List<CertificateRef> references = new ArrayList<>();
    for (CertificateRef reference : config.certificates()) {
      references.add(newest(leadership, reference, said));
    }
    if (said.isEmpty()
        || !leadership.revisions().unconfirmed().isNone()
        || leadership.isProposalOpen()) {
      return false;
    }
    String reason = String.join("; ", said);
    Revision draft =
        new Revision(
            newest.number() + 1,
            GoingBack.AUTHOR,
            now,
            reason,
            newest.source(),
            FarmDocuments.encode(config.withCertificates(references)));
    switch (leadership.revisions().write(newest.number(), draft)) {
      case Outcome.Written written -> {
        LOG.info("revision {}: {}", written.revision(), reason);
        leadership
            .audit()
            .append(now, GoingBack.AUTHOR, "revision " + written.revision() + ": " + reason);
      }
      case Outcome.Conflict conflict ->
          LOG.info("revision {} came before the one with new certificates", conflict.current());
    }
    return true;
  }

  private static CertificateRef newest(
      Leadership leadership, CertificateRef reference, List<String> said) throws StoreException {
    Acme acme = reference.acme();
    if (acme == null) {
      return reference;
    }
    Optional<CertificateShelf.Newest> newest = leadership.certificates().newest(reference.name());
    Integer served = reference.version();
    if (newest.isEmpty()
        || !AcmeChores.isOf(newest.get(), acme)
        || served != null && served == newest.get().version()) {
      return reference;
    }
    said.add(
        "certificate %s version %d, good until %s"
            .formatted(
                reference.name(),
                newest.get().version(),
                IssuedCertificate.of(newest.get().chainPem())
                    .map(issued -> issued.notAfter().toString())
                    .orElse("?")));
    return reference.stored(newest.get().version());
  }
}
