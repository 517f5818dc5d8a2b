package io.portcullis.proxy.health;

import io.portcullis.farm.model.Pool;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One look at one member, by the rules of its pool. Every part that is asked for must pass.
final class Check {

  /// A server that needs longer for a health page is not one to send users to.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private Check() {}

  /// @param said the pool as configured; without a health check, a connection is check enough
  /// @throws IOException with one line about what failed
  static void run(MemberPool pool, Member member, InetAddress address, Pool said)
      throws IOException {
    Pool.HealthCheck wanted = said.health();
    boolean tls = pool.upstreamTls() != null && member.port(true) != 0;
    if (wanted == null || wanted.get() == null) {
      connect(address, member.port(tls));
    } else {
      get(pool, member, address, tls, wanted.get(), wanted.expect());
    }
    if (wanted != null && wanted.alsoTcp() != 0) {
      connect(address, wanted.alsoTcp());
    }
  }

  private static void connect(InetAddress address, int port) throws IOException {
    Deadline deadline = Deadline.in(PATIENCE);
    try (Socket socket = new Socket()) {
      connect(socket, address, port, deadline);
    }
  }

  private static void connect(Socket socket, InetAddress address, int port, Deadline deadline)
      throws IOException {
    try {
      socket.connect(new InetSocketAddress(address, port), deadline.millisLeft());
    } catch (IOException e) {
      throw new IOException(
          "connect %s port %d: %s".formatted(address.getHostAddress(), port, e.getMessage()), e);
    }
  }

  /// No Accept header: the discovery service answers 200 only without one.
  private static void get(
      MemberPool pool,
      Member member,
      InetAddress address,
      boolean tls,
      @Nullable String target,
      int expected)
      throws IOException {
    String request =
        "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: portcullis-health\r\nConnection: close\r\n\r\n"
            .formatted(target, pool.tlsNameOf(member));
    Deadline deadline = Deadline.in(PATIENCE);
    int status;
    try (Socket socket = new Socket()) {
      connect(socket, address, member.port(tls), deadline);
      try (Conversation conversation = Conversation.over(socket, pool, member, tls, deadline)) {
        conversation.send(request);
        status = StatusLine.read(conversation);
      }
    } catch (IOException e) {
      throw e.getMessage() != null && e.getMessage().startsWith("connect ")
          ? e
          : new IOException("GET %s: %s".formatted(target, e.getMessage()), e);
    }
    if (status != expected) {
      throw new IOException("GET %s answered %d, expected %d".formatted(target, status, expected));
    }
  }
}
