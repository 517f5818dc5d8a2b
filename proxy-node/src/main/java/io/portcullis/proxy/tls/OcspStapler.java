package io.portcullis.proxy.tls;

import io.netty.handler.ssl.SslContext;
import io.netty.util.AttributeKey;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.snapshot.ServerIdentity;
import io.portcullis.proxy.snapshot.Snapshot;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps with each certificate that names a responder the responder's word that it is still good, so that clients need not ask (RFC 6066
/// §8). Best effort: without a valid answer the handshake goes on without one.
///
/// | field | owner |
/// |---|---|
/// | news | publications write, the one background thread reads |
/// | turns | the background thread |
/// | the staple, an attribute of its TLS context | written by the background thread, read by any event loop |
public final class OcspStapler implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OcspStapler.class);

  private static final AttributeKey<byte[]> STAPLE = AttributeKey.valueOf("portcullis-ocsp-staple");

  private final Clock clock;
  private final OcspResponder responder;
  private final LinkedBlockingQueue<Map<SslContext, OcspSubject>> news =
      new LinkedBlockingQueue<>();
  private final Map<SslContext, Turn> turns = new HashMap<>();
  private final Thread thread;

  private static final class Turn {
    final OcspSubject subject;
    Instant due;
    Instant until = Instant.MIN;
    int failures;

    Turn(OcspSubject subject, Instant due) {
      this.subject = subject;
      this.due = due;
    }
  }

  OcspStapler(Clock clock, OcspResponder responder) {
    this.clock = clock;
    this.responder = responder;
    this.thread = Thread.ofVirtual().name("ocsp").start(this::work);
  }

  public static OcspStapler start() {
    return new OcspStapler(Clock.systemUTC(), OcspResponder.overHttp());
  }

  /// The certificates of a snapshot are looked after from now on, and no others.
  public void follow(Snapshot snapshot) {
    Map<SslContext, OcspSubject> subjects = new HashMap<>();
    snapshot
        .listeners()
        .values()
        .forEach(listener -> {
          if (listener.names() != null) {
            for (ServerIdentity identity : listener.names().all()) {
              OcspSubject subject = OcspSubject.of(identity.chain());
              if (subject != null) {
                identity.contexts().forEach(context -> subjects.put(context, subject));
              }
            }
          }
        });
    news.add(subjects);
  }

  /// What to show to clients of this context; null if there is nothing to show.
  static byte @Nullable [] staple(SslContext context) {
    return context.attributes().attr(STAPLE).get();
  }

  private void work() {
    try {
      while (true) {
        Map<SslContext, OcspSubject> next = news.poll(untilNextTurn(), TimeUnit.MILLISECONDS);
        if (next != null) {
          adopt(next);
        }
        for (Map.Entry<SslContext, Turn> entry : turns.entrySet()) {
          if (!clock.instant().isBefore(entry.getValue().due)) {
            refresh(entry.getKey(), entry.getValue());
          }
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private long untilNextTurn() {
    Instant now = clock.instant();
    Duration wait = Limits.OCSP_LONGEST_SPAN;
    for (Turn turn : turns.values()) {
      Duration one = Duration.between(now, turn.due);
      wait = one.compareTo(wait) < 0 ? one : wait;
    }
    return Math.max(0, wait.toMillis());
  }

  private void adopt(Map<SslContext, OcspSubject> next) {
    turns.keySet().retainAll(next.keySet());
    next.forEach((context, subject) ->
        turns.computeIfAbsent(context, _ -> new Turn(subject, clock.instant())));
  }

  private void refresh(SslContext context, Turn turn) throws InterruptedException {
    OcspSubject subject = turn.subject;
    try {
      byte[] answer = responder.ask(subject.responder(), subject.request());
      Instant now = clock.instant();
      OcspSubject.Good good = subject.read(answer, now);
      context.attributes().attr(STAPLE).set(good.response());
      turn.failures = 0;
      turn.until = good.until();
      turn.due = now.plus(span(Duration.between(good.from(), good.until()).dividedBy(2)));
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // Whatever a responder's address or answer makes libraries throw, the others are still asked.
      failed(context, turn, e);
    }
  }

  /// Half of what an answer is valid for, so that there are hours to reach a responder that is away.
  private static Duration span(Duration wanted) {
    if (wanted.compareTo(Limits.OCSP_SHORTEST_SPAN) < 0) {
      return Limits.OCSP_SHORTEST_SPAN;
    }
    return wanted.compareTo(Limits.OCSP_LONGEST_SPAN) > 0 ? Limits.OCSP_LONGEST_SPAN : wanted;
  }

  private void failed(SslContext context, Turn turn, Exception e) {
    Instant now = clock.instant();
    if (!now.isBefore(turn.until) || e instanceof GeneralSecurityException) {
      context.attributes().attr(STAPLE).set(null);
    }
    turn.failures++;
    turn.due =
        now.plus(span(Limits.OCSP_SHORTEST_SPAN.multipliedBy(1L << Math.min(turn.failures, 10))));
    if (now.isBefore(turn.until) && turn.until.isBefore(turn.due)) {
      // Some clients take an answer that has expired for a fault of the certificate.
      turn.due = turn.until;
    }
    LOG.warn(
        "no OCSP staple for {} from {}: {}; asking again at {}",
        turn.subject.leaf().getSubjectX500Principal(),
        turn.subject.responder(),
        e.getMessage() == null ? e.toString() : e.getMessage(),
        turn.due);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
