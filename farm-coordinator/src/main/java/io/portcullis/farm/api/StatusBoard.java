package io.portcullis.farm.api;

import io.portcullis.farm.api.wire.Rotations;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.Expiry;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.codec.PemCertificates;
import io.portcullis.farm.identity.Certificates;
import io.portcullis.farm.model.CertificateRef;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.StoreException;
import io.portcullis.farm.store.Unconfirmed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The whole farm as one answer, put together from what the store holds and the nodes report.
final class StatusBoard {
  private static final Logger LOG = LoggerFactory.getLogger(StatusBoard.class);

  /// GeneralName's tag of a dNSName (RFC 5280 §4.2.1.6).
  private static final int DNS_NAME = 2;

  private final String farm;
  private final CoordinatorDesk coordinators;
  private final FarmStore store;
  private final FarmCaDesk farmCas;

  StatusBoard(String farm, CoordinatorDesk coordinators, FarmStore store, FarmCaDesk farmCas) {
    this.farmCas = farmCas;
    this.farm = farm;
    this.coordinators = coordinators;
    this.store = store;
  }

  Wire.FarmStatus farm() throws StoreException {
    Optional<Revision> newest = store.revisions().newest();
    List<Wire.NodeStatus> nodes = nodes();
    return new Wire.FarmStatus(
        farm,
        newest.map(Revision::number).orElse(0L),
        coordinators.list(),
        nodes,
        newest.isEmpty() ? List.of() : certificates(newest.get()),
        unconfirmed(),
        farmCa(nodes),
        newest.isEmpty() ? List.of() : OrderBoard.of(store, newest.get()),
        store.guestAt());
  }

  /// Only while the farm goes over to another.
  private Rotations.@Nullable FarmCaStatus farmCa(List<Wire.NodeStatus> nodes)
      throws StoreException {
    try {
      Rotations.FarmCaStatus status = farmCas.status(nodes);
      return status.next() == null ? null : status;
    } catch (GeneralSecurityException e) {
      LOG.warn("the farm's CA in the store cannot be read: {}", e.getMessage());
      return null;
    }
  }

  private Wire.@Nullable Unconfirmed unconfirmed() throws StoreException {
    Unconfirmed waiting = store.revisions().unconfirmed();
    return waiting.isNone()
        ? null
        : new Wire.Unconfirmed(waiting.revision(), waiting.backTo(), waiting.until());
  }

  /// What the nodes that are alive say of themselves.
  List<Wire.NodeStatus> nodes() throws StoreException {
    List<Wire.NodeStatus> nodes = new ArrayList<>();
    store.nodes().reports().forEach((id, report) -> nodes.add(decode(id, report)));
    return nodes;
  }

  /// @return empty if the node is not alive
  Optional<Wire.NodeStatus> find(String id) throws StoreException {
    return store.nodes().report(id).map(report -> decode(id, report));
  }

  Wire.NodeStatus node(String id) throws StoreException, Refusal {
    return decode(id, store.nodes().report(id).orElseThrow(() -> noSuchNode(id)));
  }

  static Refusal noSuchNode(String id) {
    return new Refusal(
        404, "no node \"" + id + "\" is in the farm", "\"farmctl status\" lists the nodes");
  }

  private static Wire.NodeStatus decode(String id, String report) {
    try {
      return WireJson.read(report.getBytes(StandardCharsets.UTF_8), Wire.NodeStatus.class);
    } catch (IOException e) {
      LOG.warn("the report of node {} is not understood: {}", id, e.getMessage());
      return new Wire.NodeStatus(
          id,
          "unknown",
          Instant.EPOCH,
          0,
          "its report is not understood: is it of another release?",
          Map.of(),
          Map.of(),
          0,
          0);
    }
  }

  private List<Wire.CertificateStatus> certificates(Revision revision) throws StoreException {
    List<Wire.CertificateStatus> certificates = new ArrayList<>();
    if (FarmDocuments.decode(revision.expanded(), "revision " + revision.number())
        instanceof Decoded.Accepted accepted) {
      for (CertificateRef reference : accepted.config().certificates()) {
        Integer version = reference.version();
        Optional<String> chain =
            version == null
                ? Optional.empty()
                : store.certificates().chain(reference.name(), version);
        if (chain.isPresent()) {
          status(reference.name(), chain.get()).ifPresent(certificates::add);
        }
      }
    }
    return certificates;
  }

  private static Optional<Wire.CertificateStatus> status(String name, String chain) {
    try {
      X509Certificate leaf = Certificates.parse(chain);
      return Optional.of(
          new Wire.CertificateStatus(
              name, dnsNames(leaf), Expiry.of(PemCertificates.read(chain)).end()));
    } catch (GeneralSecurityException e) {
      LOG.warn("certificate {} in the store cannot be read: {}", name, e.getMessage());
      return Optional.empty();
    }
  }

  private static List<String> dnsNames(X509Certificate leaf) throws CertificateParsingException {
    List<String> names = new ArrayList<>();
    if (leaf.getSubjectAlternativeNames() != null) {
      for (List<?> name : leaf.getSubjectAlternativeNames()) {
        if (name.get(0) instanceof Integer tag
            && tag == DNS_NAME
            && name.get(1) instanceof String dns) {
          names.add(dns);
        }
      }
    }
    return names;
  }
}
