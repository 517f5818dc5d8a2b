package io.portcullis.proxy.config;

import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.model.CertificateRef;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.store.FarmWatch;
import io.portcullis.farm.store.Proposal;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.StoredCertificate;
import io.portcullis.proxy.snapshot.CertificateMaterial;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A node's configuration from the farm: each revision is published or refused whole, the outcome is kept for the node's
/// report, and what was published is kept on disk, so that a node starts without the farm.
///
/// | field | owner | access |
/// |---|---|---|
/// | applied | whoever holds `lock` | volatile, read by the report |
/// | served | whoever holds `lock` | what a canary goes back to |
/// | onDisk, readFromDisk, unsaved, standIns | whoever holds `lock` | plain |
/// | lock | the farm watch, the watch on proposals, or the main thread at start | one publication at a time |
public final class FarmSource implements FarmWatch.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(FarmSource.class);

  /// A status screen shows it, and a znode carries it.
  private static final int MAX_REASON_CHARACTERS = 2_000;

  /// Reads a certificate from the store.
  @FunctionalInterface
  public interface Shelf {
    Optional<StoredCertificate> read(String name, int version) throws IOException;
  }

  private final Shelf certificates;
  private final LastGood lastGood;
  private final Publisher publisher;
  private final Runnable changed;
  private final StandIns standIns = new StandIns();
  private final ReentrantLock lock = new ReentrantLock();
  private final CountDownLatch heard = new CountDownLatch(1);
  private long onDisk;
  private boolean readFromDisk;
  private volatile Applied applied = Applied.NOTHING;
  private @Nullable Loaded served;
  private LastGood.@Nullable Copy unsaved;

  /// @param changed told when [#applied] says something new
  public FarmSource(Shelf certificates, LastGood lastGood, Publisher publisher, Runnable changed) {
    this.certificates = certificates;
    this.lastGood = lastGood;
    this.publisher = publisher;
    this.changed = changed;
  }

  public Applied applied() {
    return applied;
  }

  /// @throws IOException if a certificate could not be read from the store just now; the watch delivers again
  @Override
  public void revision(Revision revision) throws IOException, InterruptedException {
    lock.lock();
    try {
      if (revision.number() < newestKnown()) {
        refuseToGoBack("the farm's newest revision is " + revision.number());
      } else if (revision.number() != applied.revision()) {
        take(revision);
      } else if (applied.rejected() != null) {
        settle(new Applied(revision.number(), null).unsaved(applied.unsaved()));
      }
    } finally {
      lock.unlock();
      heard.countDown();
    }
  }

  /// The farm is there and has no revision at all.
  @Override
  public void empty() throws InterruptedException {
    lock.lock();
    try {
      if (newestKnown() > 0) {
        refuseToGoBack("the farm has no revision at all");
      }
    } finally {
      lock.unlock();
      heard.countDown();
    }
  }

  /// What this node serves, or would start with: revisions only grow, so a farm that is behind has lost its state.
  private long newestKnown() {
    if (applied.revision() > 0 || readFromDisk) {
      return Math.max(applied.revision(), onDisk);
    }
    try {
      onDisk = lastGood.read().map(LastGood.Copy::revision).orElse(0L);
    } catch (IOException e) {
      // Said when it is wanted; a copy that cannot be read does not keep the farm's word out.
      onDisk = 0;
    }
    readFromDisk = true;
    return onDisk;
  }

  private void refuseToGoBack(String found) throws InterruptedException {
    if (applied.revision() == 0) {
      fromDisk();
    }
    String reason =
        "%s, this node serves %d: the farm's store was wiped or is an old copy; restore it from a backup, or accept it by removing %s and starting the node again"
            .formatted(found, applied.revision(), lastGood);
    if (!reason.equals(applied.rejected())) {
      LOG.error(reason);
      settle(applied.refusing(0, reason));
    }
  }

  /// Whether this node could serve a proposal, with its real certificates and addresses. Nothing changes.
  ///
  /// @return why not; null if it could
  /// @throws IOException if a certificate could not be read from the store just now
  public @Nullable String objection(Proposal proposal) throws IOException, InterruptedException {
    lock.lock();
    try {
      return switch (FarmDocuments.decode(proposal.expanded(), "proposal")) {
        case Decoded.Refused(List<Problem> problems) -> reason(problems);
        case Decoded.Accepted(FarmConfig config, _) -> {
          Loaded loaded = new Loaded(proposal.number(), config, material(config));
          List<Problem> problems = publisher.rehearse(loaded);
          yield problems.stream().anyMatch(Problem::isError) ? reason(problems) : null;
        }
      };
    } finally {
      lock.unlock();
    }
  }

  /// Serves a proposal as its canary. What is reported as applied, and kept on disk, stays the revision before.
  ///
  /// @return why it cannot; null if it does
  public @Nullable String serveOnTrial(Proposal proposal) throws IOException, InterruptedException {
    lock.lock();
    try {
      if (FarmDocuments.decode(proposal.expanded(), "proposal")
          instanceof Decoded.Accepted(FarmConfig config, _)) {
        List<Problem> problems =
            publisher.publish(new Loaded(proposal.number(), config, material(config)));
        return problems.stream().anyMatch(Problem::isError) ? reason(problems) : null;
      }
      return "it is not understood";
    } finally {
      lock.unlock();
    }
  }

  /// The trial is over: the farm's newest revision counts, or what was served before if the farm does not say.
  public void endTrial(Optional<Revision> newest) throws IOException, InterruptedException {
    lock.lock();
    try {
      if (newest.isPresent() && newest.get().number() != applied.revision()) {
        take(newest.get());
      } else if (served != null) {
        LOG.info("the trial is over: revision {} counts", served.revision());
        List<Problem> _ = publisher.publish(served);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void connected(boolean connected) {
    if (connected) {
      LOG.info("the farm is within reach");
    } else {
      LOG.warn("the farm is out of reach; revision {} is served on", applied.revision());
    }
  }

  private void take(Revision revision) throws IOException, InterruptedException {
    switch (FarmDocuments.decode(revision.expanded(), "revision " + revision.number())) {
      case Decoded.Refused(List<Problem> problems) -> refuse(revision.number(), problems);
      case Decoded.Accepted(FarmConfig config, _) -> {
        Loaded loaded = new Loaded(revision.number(), config, material(config));
        List<Problem> problems = publisher.publish(loaded);
        if (problems.stream().anyMatch(Problem::isError)) {
          refuse(revision.number(), problems);
        } else {
          served = loaded;
          settle(new Applied(revision.number(), null).unsaved(applied.unsaved()));
          keep(revision.expanded(), loaded);
        }
      }
    }
  }

  private Map<String, CertificateMaterial> material(FarmConfig config) throws IOException {
    Map<String, CertificateMaterial> found = new HashMap<>();
    for (CertificateRef wanted : config.certificates()) {
      Integer version = wanted.version();
      if (version == null && wanted.acme() != null) {
        found.put(wanted.name(), standIns.of(wanted.acme()));
        continue;
      }
      Optional<StoredCertificate> stored =
          version == null ? Optional.empty() : certificates.read(wanted.name(), version);
      stored.ifPresent(certificate ->
          found.put(
              wanted.name(),
              new CertificateMaterial(certificate.chainPem(), certificate.keyPem())));
    }
    return found;
  }

  private void refuse(long revision, List<Problem> problems) {
    String reason = reason(problems);
    LOG.error(
        "revision {} is refused, revision {} stays: {}", revision, applied.revision(), reason);
    settle(applied.refusing(revision, "revision %d: %s".formatted(revision, reason)));
  }

  private static String reason(List<Problem> problems) {
    String all =
        problems.stream()
            .filter(Problem::isError)
            .map(problem -> problem.path() + ": " + problem.message())
            .collect(Collectors.joining("; "));
    return all.substring(0, Math.min(all.length(), MAX_REASON_CHARACTERS));
  }

  private void settle(Applied now) {
    applied = now;
    changed.run();
  }

  /// Seals the copy on disk anew. One that does not open is left: it would not open afterwards either.
  public void reseal() throws IOException {
    lock.lock();
    try {
      lastGood.reseal();
    } finally {
      lock.unlock();
    }
  }

  private void keep(String expanded, Loaded loaded) {
    keep(new LastGood.Copy(loaded.revision(), expanded, loaded.certificates()));
  }

  private void keep(LastGood.Copy copy) {
    try {
      lastGood.write(copy);
      unsaved = null;
      if (applied.unsaved() != null) {
        LOG.info("revision {} is kept in {} now", copy.revision(), lastGood);
        settle(applied.unsaved(null));
      }
    } catch (IOException e) {
      unsaved = copy;
      String why =
          "revision %d is not kept in %s: after a restart without the farm an older one would be served; check the disk (%s)"
              .formatted(copy.revision(), lastGood, e);
      if (!why.equals(applied.unsaved())) {
        LOG.warn(why);
        settle(applied.unsaved(why));
      }
    }
  }

  /// Tries once more to keep what is served, if that failed. Cheap otherwise: for a slow clock.
  public void keepAgain() {
    lock.lock();
    try {
      LastGood.Copy copy = unsaved;
      if (copy != null) {
        keep(copy);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Waits for the farm's word; when it does not come in time, serves the copy on disk until it does.
  public void startWithin(Duration patience) throws InterruptedException {
    if (heard.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      return;
    }
    lock.lock();
    try {
      if (applied.revision() == 0) {
        fromDisk();
      }
    } finally {
      lock.unlock();
    }
  }

  private void fromDisk() throws InterruptedException {
    try {
      Optional<LastGood.Copy> copy = lastGood.read();
      if (copy.isEmpty()) {
        LOG.info("the farm has not answered yet, and there is no last good configuration");
        return;
      }
      LOG.warn(
          "the farm has not answered yet: starting with revision {} from {}",
          copy.get().revision(),
          lastGood);
      publish(copy.get());
    } catch (IOException e) {
      LOG.error(
          "{} is refused, {}: nothing is served until the farm is within reach; restore it from this node's own backup if there is one",
          lastGood,
          e.getMessage());
    }
  }

  private void publish(LastGood.Copy copy) throws InterruptedException {
    switch (FarmDocuments.decode(copy.expanded(), lastGood.toString())) {
      case Decoded.Refused(List<Problem> problems) -> refuse(copy.revision(), problems);
      case Decoded.Accepted(FarmConfig config, _) -> {
        Loaded loaded = new Loaded(copy.revision(), config, copy.certificates());
        List<Problem> problems = publisher.publish(loaded);
        if (problems.stream().anyMatch(Problem::isError)) {
          refuse(copy.revision(), problems);
        } else {
          served = loaded;
          settle(new Applied(copy.revision(), null));
        }
      }
    }
  }
}
