package io.portcullis.perf.staging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// UCWA: applications, and their event channel, a request that is held until something happens (UCWA, "Events").
///
/// Each application holds one event request; a second one ends the first with 409. A held answer sees that its peer is
/// gone the moment the connection closes, and counts it as abandoned.
final class Ucwa {
  static final String PREFIX = "/ucwa";

  private static final Pattern APPLICATION =
      Pattern.compile("/ucwa/oauth/v1/applications/([0-9a-f-]{36})(/.*)?");
  private static final Pattern TIMEOUT = Pattern.compile("[?&]timeout=([0-9]{1,6})(&|$)");

  /// UCWA reference: `timeout` is 180 unless given, and at most 1800.
  private static final Duration USUAL = Duration.ofMinutes(3);

  private static final Duration LONGEST = Duration.ofMinutes(30);
  private static final Duration CUT = Duration.ofSeconds(1);

  /// A user may have this many requests under way; the next is 429 (UCWA, "Batching requests").
  private static final int MAX_PER_USER = 100;

  private final Behaviour behaviour;
  private final Map<String, Application> applications = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> perUser = new ConcurrentHashMap<>();
  private final AtomicInteger pending = new AtomicInteger();
  private final AtomicLong abandoned = new AtomicLong();

  Ucwa(Behaviour behaviour) {
    this.behaviour = behaviour;
  }

  /// What ends a wait.
  private enum End {
    EVENT,
    REPLACED,
    GONE,
    TIME
  }

  private static final class Application {
    final String user;
    private @Nullable CompletableFuture<End> held;
    private int events;

    Application(String user) {
      this.user = user;
    }

    /// Null if an event lies here already.
    synchronized @Nullable CompletableFuture<End> hold() {
      if (held != null) {
        held.complete(End.REPLACED);
      }
      if (events > 0) {
        events = 0;
        return null;
      }
      held = new CompletableFuture<>();
      return held;
    }

    synchronized void happen() {
      if (held == null || !held.complete(End.EVENT)) {
        events++;
      }
      held = null;
    }
  }

  int pending() {
    return pending.get();
  }

  long abandoned() {
    return abandoned.get();
  }

  Answer answer(Exchange exchange) throws IOException, InterruptedException {
    if (exchange.has(Fault.UCWA_REFUSING) || pending.get() >= behaviour.pendingLimit()) {
      exchange.body().drain();
      return Answer.text(503, "too many requests pending\n").with("Retry-After", "30");
    }
    String user = exchange.user();
    if (user == null) {
      exchange.body().drain();
      return Challenges.oauth(exchange);
    }
    AtomicInteger mine = perUser.computeIfAbsent(user, _ -> new AtomicInteger());
    pending.incrementAndGet();
    try {
      if (mine.incrementAndGet() > MAX_PER_USER) {
        exchange.body().drain();
        return Answer.text(429, "more than " + MAX_PER_USER + " requests of one user\n");
      }
      return application(exchange, user);
    } finally {
      mine.decrementAndGet();
      pending.decrementAndGet();
    }
  }

  private Answer application(Exchange exchange, String user)
      throws IOException, InterruptedException {
    exchange.body().drain();
    String path = exchange.request().path();
    String base = "/ucwa/oauth/v1/applications";
    if (path.equals(base) && exchange.request().method().equals("POST")) {
      String id = UUID.randomUUID().toString();
      applications.put(id, new Application(user));
      return Answer.bytes(
              201,
              "application/json; charset=utf-8",
              """
              {"_links":{"self":{"href":"%1$s/%2$s"},"events":{"href":"%1$s/%2$s/events?ack=1"}},"rel":"application"}
              """
                  .formatted(base, id)
                  .getBytes(StandardCharsets.UTF_8))
          .with("Location", base + "/" + id)
          .with("X-MS-Server-Fqdn", exchange.server().name())
          .with("Set-Cookie", "cwt_ucwa=" + id + "; path=" + base + "/" + id + "/photos");
    }
    Matcher one = APPLICATION.matcher(path);
    Application application = one.matches() ? applications.get(one.group(1)) : null;
    if (application == null || !application.user.equals(user)) {
      return Answer.json("{\"code\":\"NotFound\",\"subcode\":\"ApplicationNotFound\"}\n")
          .withStatus(404);
    }
    if ("/events".equals(one.group(2))) {
      return events(exchange, application);
    }
    if (exchange.request().method().equals("DELETE")) {
      applications.remove(one.group(1));
      return Answer.text(204, "");
    }
    if (exchange.request().method().equals("POST")) {
      application.happen();
    }
    return Answer.json("{\"_links\":{\"self\":{\"href\":\"" + path + "\"}}}\n");
  }

  private Answer events(Exchange exchange, Application application)
      throws IOException, InterruptedException {
    CompletableFuture<End> held = application.hold();
    End end = held == null ? End.EVENT : await(exchange, held);
    return switch (end) {
      case EVENT ->
          Answer.json("{\"_links\":{\"next\":{\"href\":\"events?ack=2\"}},\"sender\":[{}]}\n");
      case TIME -> Answer.json("{\"_links\":{\"next\":{\"href\":\"events?ack=2\"}}}\n");
      case REPLACED ->
          Answer.json("{\"code\":\"Conflict\",\"subcode\":\"PGetReplaced\"}\n").withStatus(409);
      case GONE -> throw new IOException("the peer left an event request");
    };
  }

  private End await(Exchange exchange, CompletableFuture<End> held)
      throws IOException, InterruptedException {
    exchange
        .input()
        .watch()
        .thenAccept(alive -> {
          if (!alive && held.complete(End.GONE)) {
            abandoned.incrementAndGet();
          }
        });
    Duration wait = timeout(exchange.request().target());
    boolean cut = exchange.has(Fault.IDLE_CUT) && wait.compareTo(CUT) > 0;
    try {
      return held.get((cut ? CUT : wait).toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      if (cut) {
        throw new IOException("cut", e);
      }
      held.complete(End.TIME);
      return End.TIME;
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
  }

  private Duration timeout(String target) {
    Matcher asked = TIMEOUT.matcher(target);
    Duration wait = asked.find() ? Duration.ofSeconds(Long.parseLong(asked.group(1))) : USUAL;
    if (wait.compareTo(LONGEST) > 0) {
      return LONGEST;
    }
    return wait.compareTo(behaviour.shortestPoll()) < 0 ? behaviour.shortestPoll() : wait;
  }
}
