package io.portcullis.farm.store;

import io.portcullis.farm.store.StoreException.Kind;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The farm's state as a whole: out of the store for a backup, into the store of a new farm.
public final class FarmArchive {
  /// As many as an answer of the admin API has room for; older ones are history.
  static final int REVISIONS = 100;

  /// The same bound in characters, for farms of large documents. The newest is always there.
  private static final int REVISION_CHARACTERS = 32 << 20;

  private final Znodes znodes;
  private final FarmPaths paths;
  private final FarmStore store;

  FarmArchive(Znodes znodes, FarmPaths paths, FarmStore store) {
    this.znodes = znodes;
    this.paths = paths;
    this.store = store;
  }

  /// The farm's secrets that the store does not hold.
  ///
  /// @param farmKey base64
  /// @param next null unless the farm goes over to another CA
  public record Keys(
      String farm,
      String authorityPem,
      String authorityKey,
      FarmCopy.@Nullable NextAuthority next,
      String farmKey) {
    @Override
    public String toString() {
      return "Keys[hidden]";
    }
  }

  /// @param bindings as they were captured for the era after the farm's
  /// @param by whoever asks for it
  public FarmCopy read(Keys keys, FarmCopy.Bindings bindings, Instant now, String by)
      throws StoreException {
    List<FarmCopy.Document> revisions = revisions();
    return new FarmCopy(
        keys.farm(),
        now.toString(),
        by,
        keys.authorityPem(),
        keys.authorityKey(),
        keys.next(),
        keys.farmKey(),
        revisions.isEmpty() ? 0 : revisions.getFirst().number(),
        revisions,
        certificates(),
        requests(),
        store.revocations().read().untilMillis(),
        store.nodes().members(),
        bindings,
        store.audit().list(1).stream()
            .map(newest -> newest.number() + " " + newest.hash())
            .findFirst()
            .orElse("none"));
  }

  private List<FarmCopy.Document> revisions() throws StoreException {
    List<FarmCopy.Document> kept = new ArrayList<>();
    long room = REVISION_CHARACTERS;
    for (Revision revision : store.revisions().history(REVISIONS)) {
      room -= revision.source().length() + (long) revision.expanded().length();
      if (room < 0 && !kept.isEmpty()) {
        break;
      }
      kept.add(
          new FarmCopy.Document(
              revision.number(),
              revision.author(),
              revision.time().toString(),
              revision.reason(),
              revision.source(),
              revision.expanded()));
    }
    return kept;
  }

  private List<FarmCopy.Certificate> certificates() throws StoreException {
    List<FarmCopy.Certificate> all = new ArrayList<>();
    for (String name : store.certificates().names()) {
      for (int version : store.certificates().versions(name)) {
        String origin = store.certificates().origin(name, version).orElse(null);
        store
            .certificates()
            .read(name, version)
            .map(found ->
                new FarmCopy.Certificate(name, version, found.chainPem(), found.keyPem(), origin))
            .ifPresent(all::add);
      }
    }
    return all;
  }

  private List<FarmCopy.Request> requests() throws StoreException {
    List<FarmCopy.Request> all = new ArrayList<>();
    for (CertificateRequests.Waiting waiting : store.certificateRequests().all()) {
      store
          .certificateRequests()
          .key(waiting.name())
          .map(key ->
              new FarmCopy.Request(
                  waiting.name(),
                  waiting.names(),
                  waiting.csr(),
                  key,
                  waiting.by(),
                  waiting.since().toString()))
          .ifPresent(all::add);
    }
    return all;
  }

  /// Makes an empty farm the one of the copy. It may be cut short and run again: what is there stays, and the number of the revision
  /// that counts is written last, so nothing is served before all of it is there.
  public void write(FarmCopy copy, Instant now, String by) throws StoreException {
    long current = store.revisions().current();
    if (current == copy.current() && current != 0) {
      return;
    }
    if (current != 0) {
      throw new StoreException(
          Kind.BAD_DATA,
          "the farm is at revision %d already; a backup is restored into a new farm only"
              .formatted(current));
    }
    for (Nodes.Member member : copy.members()) {
      store.nodes().register(member);
    }
    znodes.create(paths.revoked(), Znodes.encode(paths.revoked(), new Revocations(copy.revoked())));
    for (FarmCopy.Certificate certificate : copy.certificates()) {
      store
          .certificates()
          .restore(
              new StoredCertificate(
                  certificate.name(),
                  certificate.version(),
                  certificate.chain(),
                  certificate.key()),
              certificate.origin());
    }
    for (FarmCopy.Request request : copy.requests()) {
      store
          .certificateRequests()
          .put(
              new CertificateRequests.Waiting(
                  request.name(),
                  request.names(),
                  request.csr(),
                  request.by(),
                  Instant.parse(request.since())),
              request.key());
    }
    FarmCopy.Bindings bindings = copy.bindings();
    if (bindings != null) {
      restore(bindings);
    }
    store
        .audit()
        .append(
            now,
            by,
            "restored from the backup that %s made at %s; its audit trail ended with %s"
                .formatted(copy.madeBy(), copy.madeAt(), copy.auditHead()));
    List<Revision> revisions =
        copy.revisions().stream()
            .map(FarmArchive::revision)
            .sorted(Comparator.comparingLong(Revision::number))
            .toList();
    store.revisions().restore(revisions, copy.current());
  }

  private void restore(FarmCopy.Bindings bindings) throws StoreException {
    try {
      store.bindingStorage().begin(bindings.epoch(), bindings.snapshot());
    } catch (IOException e) {
      throw new StoreException(Kind.BAD_DATA, String.valueOf(e.getMessage()), e);
    }
  }

  private static Revision revision(FarmCopy.Document document) {
    return new Revision(
        document.number(),
        document.author(),
        Instant.parse(document.time()),
        document.reason(),
        document.source(),
        document.expanded());
  }
}
