package io.portcullis.farm.leader;

import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.codec.IssuedCertificate;
import io.portcullis.farm.model.Acme;
import io.portcullis.farm.model.CertificateRef;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.store.AcmeOrder;
import io.portcullis.farm.store.CertificateShelf;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Leadership;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Orders the certificates that the newest revision wants from ACME authorities, renews them, and makes the revision that serves them.
///
/// One order is on its way at a time, and each round takes it one step further, so that the seat is looked at before each step. What a step
/// has come to lies in the store: any leader may take the next one.
public final class AcmeChores implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AcmeChores.class);

  /// @param pause between two steps
  /// @param look how often certificates are looked at whose time has not come: each is a reading from the store
  /// @param firstRetry after the first failure; each further one doubles it
  /// @param lastRetry it does not grow longer
  /// @param patience how long nodes have to say that they answer a challenge
  /// @param whole an order that takes longer has failed
  public record Spans(
      Duration pause,
      Duration look,
      Duration firstRetry,
      Duration lastRetry,
      Duration patience,
      Duration whole) {

    /// Let's Encrypt refuses for an hour after five failed validations of a name within one hour. Failures at once and after 2, 6, 14 and 30
    /// minutes are five; the sixth comes after an hour.
    public static final Spans USUAL =
        new Spans(
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(2),
            Duration.ofHours(6),
            Duration.ofSeconds(10),
            Duration.ofMinutes(10));
  }

  private final InstantSource clock;
  private final Spans spans;
  private final AcmeRun run;
  private final Rounds<Leadership> rounds;

  private long term = -1;
  private long looked;
  private Instant lookAgain = Instant.MIN;
  private List<CertificateRef> due = List.of();

  public AcmeChores(
      FarmStore store, Supplier<Optional<Leadership>> seat, InstantSource clock, Spans spans) {
    this.clock = clock;
    this.spans = spans;
    run = new AcmeRun(store.nodes(), clock, spans);
    rounds = new Rounds<>("acme chores", spans.pause(), seat, this::round);
  }

  private void round(Leadership leadership) {
    try {
      if (leadership.term() != term) {
        // What an earlier sitting remembers may be over by now.
        run.forget();
        lookAgain = Instant.MIN;
        term = leadership.term();
      }
      Optional<Revision> newest = leadership.revisions().newest();
      if (newest.isPresent()) {
        look(leadership, newest.get());
        step(leadership, newest.get().number());
      }
    } catch (StoreException e) {
      LOG.warn("orders of certificates wait: {}", e.toString());
    }
  }

  /// Finds what has to be ordered, and serves what has come.
  private void look(Leadership leadership, Revision newest) throws StoreException {
    Instant now = clock.instant();
    boolean jumped = lookAgain.isAfter(now.plus(spans.look()));
    if (newest.number() == looked && now.isBefore(lookAgain) && !jumped) {
      return;
    }
    List<CertificateRef> wanted = new ArrayList<>();
    if (FarmDocuments.decode(newest.expanded(), "revision " + newest.number())
        instanceof Decoded.Accepted accepted) {
      FarmConfig config = accepted.config();
      if (Adoption.run(leadership, newest, config, now)) {
        // Nothing is ordered by what the revision before wanted.
        due = List.of();
        return;
      }
      for (CertificateRef reference : config.certificates()) {
        Acme acme = reference.acme();
        if (acme != null && isDue(leadership, reference.name(), acme, now)) {
          wanted.add(reference);
        }
      }
    }
    forgetOthers(leadership, wanted);
    due = List.copyOf(wanted);
    looked = newest.number();
    lookAgain = now.plus(spans.look());
  }

  static boolean isDue(Leadership leadership, String name, Acme acme, Instant now)
      throws StoreException {
    Optional<CertificateShelf.Newest> newest = leadership.certificates().newest(name);
    return newest.isEmpty()
        || !isOf(newest.get(), acme)
        || IssuedCertificate.of(newest.get().chainPem())
            .map(issued -> !now.isBefore(issued.renewal()))
            .orElse(true);
  }

  /// Whether a version is what an order was, or would be, answered with.
  static boolean isOf(CertificateShelf.Newest version, Acme acme) {
    return acme.directory().equals(version.origin())
        && IssuedCertificate.of(version.chainPem()).map(issued -> issued.isFor(acme)).orElse(false);
  }

  /// Orders that nobody waits for any more.
  private static void forgetOthers(Leadership leadership, List<CertificateRef> wanted)
      throws StoreException {
    for (String name : leadership.acme().names()) {
      if (wanted.stream().noneMatch(reference -> reference.name().equals(name))) {
        leadership.acme().remove(name);
      }
    }
  }

  private void step(Leadership leadership, long revision) throws StoreException {
    Optional<Candidate> next = next(leadership);
    if (next.isEmpty()) {
      run.idle(leadership);
      return;
    }
    CertificateRef reference = next.get().reference();
    Acme acme = next.get().acme();
    if (run.step(leadership, reference.name(), acme, next.get().order(), revision)) {
      lookAgain = Instant.MIN;
    }
  }

  private record Candidate(CertificateRef reference, Acme acme, AcmeOrder order) {}

  /// The order that is on its way, or else the first that may begin.
  private Optional<Candidate> next(Leadership leadership) throws StoreException {
    Instant now = clock.instant();
    Optional<Candidate> first = Optional.empty();
    for (CertificateRef reference : due) {
      Acme acme = reference.acme();
      if (acme == null) {
        continue;
      }
      String wanted = AcmeRun.digest(acme);
      AcmeOrder order =
          leadership
              .acme()
              .order(reference.name())
              .filter(known -> known.wanted().equals(wanted))
              .orElseGet(() -> AcmeOrder.none(reference.name(), wanted));
      if (order.url() != null) {
        return Optional.of(new Candidate(reference, acme, order));
      }
      if (first.isEmpty() && mayBegin(order, now)) {
        first = Optional.of(new Candidate(reference, acme, order));
      }
    }
    return first;
  }

  /// A time further away than any wait is of a clock that was ahead.
  private boolean mayBegin(AcmeOrder order, Instant now) {
    return !now.isBefore(order.nextTry())
        || order.nextTry().isAfter(now.plus(Backoff.longest(spans)));
  }

  @Override
  public void close() {
    rounds.close();
    run.close();
  }
}
