package io.portcullis.farm.leader;

import io.portcullis.farm.acme.AcmeFailure;
import io.portcullis.farm.acme.Authority;
import io.portcullis.farm.acme.KeyText;
import io.portcullis.farm.acme.Stage;
import io.portcullis.farm.codec.CertificateChecks;
import io.portcullis.farm.codec.IssuedCertificate;
import io.portcullis.farm.model.Acme;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.store.AcmeOrder;
import io.portcullis.farm.store.Challenges;
import io.portcullis.farm.store.Leadership;
import io.portcullis.farm.store.Nodes;
import io.portcullis.farm.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes one order from nothing to a version on the shelf, a step at a time.
///
/// What is remembered here is of this leader's term and may be lost: the account's session, and which challenges lie before the nodes.
final class AcmeRun implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AcmeRun.class);

  /// Whom audit entries name.
  private static final String AUTHOR = GoingBack.AUTHOR;

  private final Nodes nodes;
  private final InstantSource clock;
  private final AcmeChores.Spans spans;
  private final SecureRandom random = new SecureRandom();

  private @Nullable Authority authority;
  private String account = "";
  private Challenges laid = Challenges.NONE;
  private String laidFor = "";
  private Instant laidAt = Instant.MIN;
  private boolean asked;

  AcmeRun(Nodes nodes, InstantSource clock, AcmeChores.Spans spans) {
    this.nodes = nodes;
    this.clock = clock;
    this.spans = spans;
  }

  /// What an order is for; another document is another order.
  static String digest(Acme acme) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(acme.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// A new term, or the end: nothing that is remembered counts.
  void forget() {
    if (authority != null) {
      authority.close();
    }
    authority = null;
    account = "";
    forgetChallenges();
  }

  private void forgetChallenges() {
    laid = Challenges.NONE;
    laidFor = "";
    asked = false;
  }

  /// No order is on its way.
  void idle(Leadership leadership) throws StoreException {
    if (laid.number() != 0) {
      boolean _ = leadership.acme().withdraw();
      forgetChallenges();
    }
  }

  /// @param order on its way, or one that may begin
  /// @param revision the newest
  /// @return whether it is over
  boolean step(Leadership leadership, String name, Acme acme, AcmeOrder order, long revision)
      throws StoreException {
    Map<String, String> reports = nodes.reports();
    if (reports.isEmpty()) {
      // Nobody is there to answer, and that is not the authority's fault.
      return false;
    }
    try {
      Authority known = authority(leadership, acme);
      String url = order.url();
      String key = order.keyText();
      if (url == null || key == null) {
        begin(leadership, known, name, acme, order);
        return false;
      }
      if (clock.instant().isAfter(order.since().plus(spans.whole()))) {
        throw new Slow();
      }
      return known.askAgain().isAfter(clock.instant())
          ? false
          : advance(leadership, known, acme, order, url, key, new Alive(reports, revision));
    } catch (AcmeFailure e) {
      if (Thread.currentThread().isInterrupted()) {
        // This coordinator is stopping; the next leader goes on.
        return false;
      }
      failed(leadership, acme, order, e.words(), e.retryAfter());
      return true;
    } catch (Slow e) {
      failed(
          leadership,
          acme,
          order,
          "the order was not done within %d minutes".formatted(spans.whole().toMinutes()),
          Optional.empty());
      return true;
    }
  }

  private static final class Slow extends Exception {
    private static final long serialVersionUID = 1L;
  }

  private record Alive(Map<String, String> reports, long revision) {}

  private Authority authority(Leadership leadership, Acme acme) throws StoreException, AcmeFailure {
    String wanted = acme.directory() + " " + Objects.requireNonNullElse(acme.email(), "");
    Authority known = authority;
    if (known != null && account.equals(wanted + acme.trust())) {
      return known;
    }
    forget();
    Optional<String> kept = leadership.acme().account(wanted);
    String key =
        kept.isPresent()
            ? kept.get()
            : leadership.acme().keepAccount(wanted, KeyText.create(Acme.Key.ECDSA));
    Authority opened = Authority.open(acme, key);
    authority = opened;
    account = wanted + acme.trust();
    return opened;
  }

  private void begin(
      Leadership leadership, Authority known, String name, Acme acme, AcmeOrder order)
      throws StoreException, AcmeFailure {
    List<String> names = acme.names().stream().map(one -> one.toLowerCase(Locale.ROOT)).toList();
    String url = known.order(names);
    leadership.acme().keep(order.begun(url, KeyText.create(acme.key()), clock.instant()));
    LOG.info("certificate {} is ordered from {}: {}", name, acme.directory(), url);
  }

  private boolean advance(
      Leadership leadership,
      Authority known,
      Acme acme,
      AcmeOrder order,
      String url,
      String key,
      Alive alive)
      throws StoreException, AcmeFailure {
    return switch (known.look(url, acme.challenge())) {
      case Stage.Prove prove -> {
        prove(leadership, known, acme, url, prove, alive);
        yield false;
      }
      case Stage.Wait _ -> false;
      case Stage.Ready _ -> {
        known.finish(url, key);
        yield false;
      }
      case Stage.Issued _ -> {
        issued(leadership, acme, order, known.chain(url), KeyText.privateHalf(key));
        yield true;
      }
      case Stage.Failed failure -> {
        failed(leadership, acme, order, failure.why(), Optional.empty());
        yield true;
      }
    };
  }

  /// Lays the challenges before the nodes; asks the authority to look when all of them answer.
  private void prove(
      Leadership leadership, Authority known, Acme acme, String url, Stage.Prove prove, Alive alive)
      throws StoreException, AcmeFailure {
    Instant now = clock.instant();
    if (!laidFor.equals(url)) {
      List<Challenges.Answer> answers =
          prove.proofs().stream()
              .map(proof ->
                  new Challenges.Answer(
                      acme.challenge(), proof.name(), proof.token(), proof.content()))
              .toList();
      laid = new Challenges(1 + random.nextLong(Long.MAX_VALUE - 1), answers);
      leadership.acme().announce(laid);
      laidFor = url;
      laidAt = now;
      asked = false;
      return;
    }
    if (asked) {
      return;
    }
    List<String> silent = Answering.without(laid.number(), alive.revision(), alive.reports());
    if (silent.isEmpty() || now.isAfter(laidAt.plus(spans.patience()))) {
      if (!silent.isEmpty()) {
        LOG.warn(
            "nodes {} do not say that they answer the challenges of {}; the authority is asked to look nevertheless",
            silent,
            url);
      }
      known.validate(url, acme.challenge());
      asked = true;
    }
  }

  private void issued(
      Leadership leadership, Acme acme, AcmeOrder order, String chain, String keyPem)
      throws StoreException {
    Instant now = clock.instant();
    List<Problem> wrong =
        CertificateChecks.check(order.name(), chain, keyPem, now).stream()
            .filter(Problem::isError)
            .toList();
    boolean fits = IssuedCertificate.of(chain).map(one -> one.isFor(acme)).orElse(false);
    if (!wrong.isEmpty() || !fits) {
      String why =
          wrong.isEmpty()
              ? "the names or the key are not those that were ordered"
              : wrong.getFirst().message();
      failed(
          leadership,
          acme,
          order,
          "the authority's certificate is not usable: " + why,
          Optional.empty());
      return;
    }
    int version = leadership.certificates().put(order.name(), chain, keyPem, acme.directory());
    leadership.acme().remove(order.name());
    idle(leadership);
    String said =
        "certificate %s, version %d, was issued by %s"
            .formatted(order.name(), version, acme.directory());
    LOG.info("{}", said);
    leadership.audit().append(now, AUTHOR, said);
  }

  private void failed(
      Leadership leadership, Acme acme, AcmeOrder order, String why, Optional<Instant> wish)
      throws StoreException {
    Instant now = clock.instant();
    Instant next = Backoff.next(order.failures() + 1, wish, now, spans, random);
    AcmeOrder after = order.failed(why, now, next);
    leadership.acme().keep(after);
    String said =
        "certificate %s was not issued by %s: %s".formatted(order.name(), acme.directory(), why);
    LOG.warn("{}; failure {} in a row, next try at {}", said, after.failures(), next);
    leadership.audit().append(now, AUTHOR, said);
    idle(leadership);
    // Whatever was wrong with the session as well.
    forget();
  }

  @Override
  public void close() {
    forget();
  }
}
