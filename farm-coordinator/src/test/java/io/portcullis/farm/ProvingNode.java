package io.portcullis.farm;

import com.sun.net.httpserver.HttpServer;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.store.Announcement;
import io.portcullis.farm.store.Challenges;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.ZnodeWatch;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/// What a node does while an authority looks: it answers http-01 and says so.
final class ProvingNode implements AutoCloseable {
  private final HttpServer server;
  private final FarmStore store;
  private final ZnodeWatch<Challenges> watch;
  private final Announcement announcement;
  private volatile Challenges challenges = Challenges.NONE;
  private volatile UnaryOperator<String> answer = UnaryOperator.identity();
  private volatile boolean silent;
  private final AtomicInteger answered = new AtomicInteger();

  /// @param store of a node's identity; closed with this
  ProvingNode(FarmStore store, String id) throws Exception {
    this.store = store;
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/.well-known/acme-challenge/",
        exchange -> {
          String token = exchange.getRequestURI().getPath().replaceAll(".*/", "");
          byte[] body =
              challenges.answers().stream()
                  .filter(one -> one.token().equals(token))
                  .map(one -> answer.apply(one.proof()))
                  .findFirst()
                  .orElse("nothing")
                  .getBytes(StandardCharsets.US_ASCII);
          answered.incrementAndGet();
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    announcement = store.nodes().announce(id, () -> report(id));
    watch =
        store.watchChallenges(next -> {
          challenges = next;
          announcement.refresh();
        });
  }

  private String report(String id) {
    return new String(
        WireJson.write(
            new Wire.NodeStatus(
                id,
                "test",
                Instant.EPOCH,
                Long.MAX_VALUE,
                null,
                Map.of(),
                Map.of(),
                0,
                0,
                false,
                new Wire.Standing(
                    0,
                    null,
                    Wire.Load.NONE,
                    Wire.Outcome.NONE,
                    0L,
                    silent ? 0L : challenges.number()))),
        StandardCharsets.UTF_8);
  }

  int port() {
    return server.getAddress().getPort();
  }

  /// Has the challenges, and does not say so.
  void silent(boolean on) {
    silent = on;
    announcement.refresh();
  }

  void answers(UnaryOperator<String> other) {
    answer = other;
  }

  /// How often an authority came to look.
  int answered() {
    return answered.get();
  }

  Challenges challenges() {
    return challenges;
  }

  @Override
  public void close() {
    watch.close();
    announcement.close();
    server.stop(0);
    store.close();
  }
}
