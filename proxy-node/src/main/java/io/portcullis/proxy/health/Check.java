package io.portcullis.proxy.health;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.Probe;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One look at one member, by the rules of its pool. Every part that is asked for must pass; each has the whole time
/// that a part may take.
///
/// @param patience for each part
record Check(MemberPool pool, Member member, InetAddress address, Duration patience) {

  /// @param said the pool as configured; without a health check, a connection is check enough
  /// @throws IOException with one line about what failed
  static void run(MemberPool pool, Member member, InetAddress address, Pool said)
      throws IOException {
    Pool.HealthCheck wanted = said.health();
    Pool.Judgement judgement = wanted == null ? Pool.Judgement.DEFAULT : wanted.judgement();
    Check check = new Check(pool, member, address, judgement.timeout());
    boolean tls = pool.upstreamTls() != null && member.port(true) != 0;
    if (wanted == null || wanted.get() == null) {
      check.connect(member.port(tls));
    } else {
      check.get(wanted.get(), member.port(tls), tls, wanted.expect());
    }
    if (wanted != null) {
      if (wanted.alsoTcp() != 0) {
        check.connect(wanted.alsoTcp());
      }
      for (Probe probe : wanted.also()) {
        check.probe(probe);
      }
    }
  }

  private void probe(Probe probe) throws IOException {
    switch (probe) {
      case Probe.Tcp(int port) -> connect(port);
      case Probe.Tls(int port) -> shakeHands(port);
      case Probe.Get(String target, int port, boolean tls, int expect) ->
          get(target, port, tls, expect);
    }
  }

  private void connect(int port) throws IOException {
    try (Socket socket = new Socket()) {
      connect(socket, port, Deadline.in(patience));
    }
  }

  private void connect(Socket socket, int port, Deadline deadline) throws IOException {
    try {
      socket.connect(new InetSocketAddress(address, port), deadline.millisLeft());
    } catch (IOException e) {
      throw new IOException(
          "connect %s port %d: %s".formatted(address.getHostAddress(), port, e.getMessage()), e);
    }
    if (port == member.port(true) || port == member.port(false)) {
      introduce(socket);
    }
  }

  /// A member that expects a PROXY header expects it of checks too; nobody is behind them.
  private void introduce(Socket socket) throws IOException {
    ByteBuf header = pool.tells().ofNobody(UnpooledByteBufAllocator.DEFAULT);
    try {
      header.readBytes(socket.getOutputStream(), header.readableBytes());
    } finally {
      header.release();
    }
  }

  private void shakeHands(int port) throws IOException {
    Deadline deadline = Deadline.in(patience);
    try (Socket socket = new Socket()) {
      connect(socket, port, deadline);
      try (Conversation conversation = Conversation.over(socket, pool, member, true, deadline)) {
        conversation.shakeHands();
      } catch (IOException e) {
        throw new IOException("handshake at port %d: %s".formatted(port, e.getMessage()), e);
      }
    }
  }

  /// No Accept header: the discovery service answers 200 only without one.
  private void get(@Nullable String target, int port, boolean tls, int expected)
      throws IOException {
    String request =
        "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: portcullis-health\r\nConnection: close\r\n\r\n"
            .formatted(target, pool.tlsNameOf(member));
    Deadline deadline = Deadline.in(patience);
    int status;
    try (Socket socket = new Socket()) {
      connect(socket, port, deadline);
      try (Conversation conversation = Conversation.over(socket, pool, member, tls, deadline)) {
        conversation.send(request);
        status = StatusLine.read(conversation);
      } catch (IOException e) {
        throw new IOException("GET %s: %s".formatted(target, e.getMessage()), e);
      }
    }
    if (status != expected) {
      throw new IOException("GET %s answered %d, expected %d".formatted(target, status, expected));
    }
  }
}
