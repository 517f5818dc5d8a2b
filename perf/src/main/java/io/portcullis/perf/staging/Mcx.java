package io.portcullis.perf.staging;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The mobility service of Lync 2010 Mobile: behind NTLM or a web ticket, and 503 above its pending limit.
///
/// Its poll lies inside SOAP messages; here `?timeout=SECONDS` on any of its addresses is held as long, so that a test can
/// fill the server.
final class Mcx {
  static final String PREFIX = "/mcx";

  private static final Pattern TIMEOUT = Pattern.compile("[?&]timeout=([0-9]{1,6})(&|$)");

  /// As long as a UCWA event request may be held.
  private static final long LONGEST_SECONDS = 1800;

  private static final Duration CUT = Duration.ofSeconds(1);

  private final int limit;
  private final AtomicInteger pending = new AtomicInteger();

  Mcx(int limit) {
    this.limit = limit;
  }

  int pending() {
    return pending.get();
  }

  Answer answer(Exchange exchange, String path) throws IOException, InterruptedException {
    boolean full = pending.incrementAndGet() > limit;
    try {
      if (full || exchange.has(Fault.MCX_REFUSING)) {
        exchange.body().drain();
        return Answer.text(503, "too many requests pending\n").with("Retry-After", "30");
      }
      Answer challenge = Challenges.windows(exchange);
      if (challenge != null) {
        return challenge;
      }
      exchange.body().drain();
      hold(exchange);
      return FrontEndSite.service(exchange, path);
    } finally {
      pending.decrementAndGet();
    }
  }

  private static void hold(Exchange exchange) throws IOException, InterruptedException {
    Matcher asked = TIMEOUT.matcher(exchange.request().target());
    if (!asked.find()) {
      return;
    }
    Duration wait = Duration.ofSeconds(Math.min(Long.parseLong(asked.group(1)), LONGEST_SECONDS));
    boolean cut = exchange.has(Fault.IDLE_CUT) && wait.compareTo(CUT) > 0;
    CompletableFuture<Boolean> gone = new CompletableFuture<>();
    exchange
        .input()
        .watch()
        .thenAccept(alive -> {
          if (!alive) {
            gone.complete(true);
          }
        });
    try {
      gone.get((cut ? CUT : wait).toMillis(), TimeUnit.MILLISECONDS);
      throw new IOException("the peer left a held request");
    } catch (TimeoutException e) {
      if (cut) {
        throw new IOException("cut", e);
      }
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
  }
}
