package io.portcullis.farm.api;

import io.portcullis.farm.api.wire.CertificateOrder;
import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.codec.IssuedCertificate;
import io.portcullis.farm.model.Acme;
import io.portcullis.farm.model.CertificateRef;
import io.portcullis.farm.store.AcmeOrder;
import io.portcullis.farm.store.CertificateShelf;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// How far the farm is with the certificates that it orders by itself.
final class OrderBoard {
  private OrderBoard() {}

  static List<CertificateOrder> of(FarmStore store) throws StoreException {
    Optional<Revision> newest = store.revisions().newest();
    return newest.isEmpty() ? List.of() : of(store, newest.get());
  }

  static List<CertificateOrder> of(FarmStore store, Revision revision) throws StoreException {
    List<CertificateOrder> orders = new ArrayList<>();
    if (FarmDocuments.decode(revision.expanded(), "revision " + revision.number())
        instanceof Decoded.Accepted accepted) {
      for (CertificateRef reference : accepted.config().certificates()) {
        Acme acme = reference.acme();
        if (acme != null) {
          orders.add(order(store, reference, acme));
        }
      }
    }
    return orders;
  }

  private static CertificateOrder order(FarmStore store, CertificateRef reference, Acme acme)
      throws StoreException {
    Optional<AcmeOrder> order = store.acme().standing(reference.name());
    Optional<Instant> renewal =
        store
            .certificates()
            .newest(reference.name())
            .filter(newest -> acme.directory().equals(newest.origin()))
            .map(CertificateShelf.Newest::chainPem)
            .flatMap(IssuedCertificate::of)
            .map(IssuedCertificate::renewal);
    boolean failed = order.map(AcmeOrder::failure).isPresent();
    return new CertificateOrder(
        reference.name(),
        acme.names(),
        acme.directory(),
        acme.challenge().word(),
        Objects.requireNonNullElse(reference.version(), 0),
        renewal.orElse(null),
        order.map(AcmeOrder::url).isPresent(),
        order.map(AcmeOrder::failures).orElse(0),
        order.map(AcmeOrder::failure).orElse(null),
        failed ? order.get().nextTry() : null);
  }
}
