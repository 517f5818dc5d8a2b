package io.portcullis.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.PublishingRule.Action;
import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.TestAuthority;
import io.portcullis.proxy.TestConfig;
import io.portcullis.proxy.TestKeys;
import io.portcullis.proxy.balance.Balancer;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.snapshot.Snapshot;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Two members, and TLS with the first fails. The balancer takes the first that is usable; what time it is there is the test's business.
class MemberTlsFailureTest {

  private static final String NAME = "pool01.contoso.local";
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  private static final String POST =
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
  private static final TestAuthority CA = new TestAuthority("pool CA");
  private static final Duration SHORT = Duration.ofSeconds(6);

  private final Map<String, TestAuthority.Issued> certificates =
      Map.of("web", CA.issue("web.contoso.com"));
  private final TlsNode node = new TlsNode();
  private volatile long nowNanos = System.nanoTime();

  enum Fault {
    WRONG_NAME,
    UNTRUSTED,
    CLOSES_AT_ONCE,
    CLOSES_AFTER_THE_HELLO,
    SPEAKS_NO_TLS,
    SAYS_NOTHING
  }

  /// What a member does with one connection.
  private interface Script {
    void run(Socket connection) throws IOException;
  }

  private static final class Server implements Closeable {

    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger requests = new AtomicInteger();
    private final ServerSocket door;
    private final Script script;

    Server(ServerSocket door, Script script) {
      this.door = door;
      this.script = script;
      Thread.ofVirtual().start(this::accept);
    }

    /// Answers one request for each connection, if the handshake lets it come.
    Server(ServerSocket door) {
      this.door = door;
      this.script = this::answer;
      Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
      while (!door.isClosed()) {
        try {
          Socket one = door.accept();
          connections.incrementAndGet();
          Thread.ofVirtual().start(() -> serve(one));
        } catch (IOException _) {
          return;
        }
      }
    }

    private void serve(Socket one) {
      try (one) {
        script.run(one);
      } catch (IOException _) {
        // The node hung up, as it should.
      }
    }

    private void answer(Socket one) throws IOException {
      StringBuilder request = new StringBuilder();
      InputStream in = one.getInputStream();
      String end = "";
      while (end.isEmpty() || !request.toString().endsWith(end)) {
        int b = in.read();
        if (b < 0) {
          return;
        }
        request.append((char) b);
        end = request.charAt(0) == 'P' ? "hello" : "\r\n\r\n";
      }
      requests.incrementAndGet();
      one.getOutputStream()
          .write(bytes("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\ngood"));
      one.getOutputStream().flush();
      in.transferTo(java.io.OutputStream.nullOutputStream());
    }

    int port() {
      return door.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      door.close();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static ServerSocket clear() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private static SSLServerSocket secure(TestAuthority authority, String name) throws Exception {
    SSLContext context = TestKeys.serverContext(authority.issue(name));
    return (SSLServerSocket)
        context
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private static Server bad(Fault fault) throws Exception {
    return switch (fault) {
      case WRONG_NAME -> new Server(secure(CA, "other.contoso.local"));
      case UNTRUSTED -> new Server(secure(new TestAuthority("stranger"), NAME));
      case CLOSES_AT_ONCE -> new Server(clear(), _ -> {});
      case CLOSES_AFTER_THE_HELLO -> new Server(clear(), one -> one.getInputStream().read());
      case SPEAKS_NO_TLS ->
          new Server(
              clear(),
              one -> {
                one.getOutputStream().write(bytes("220 mail ready\r\n"));
                one.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
              });
      case SAYS_NOTHING ->
          new Server(
              clear(),
              one -> one.getInputStream().transferTo(java.io.OutputStream.nullOutputStream()));
    };
  }

  private Member publish(Server first, Server second, Duration connect) {
    TestConfig config =
        TlsNode.config(TlsVersion.TLSv1_2, certificates)
            .rule("all", TlsNode.LISTENER, "*", new Action.ToPool("pool01"));
    Pool.Timeouts usual = Pool.Timeouts.DEFAULT;
    config.pools.add(
        new Pool(
            "pool01",
            List.of(member("fe1", first), member("fe2", second)),
            new Pool.Bridging(443, 0),
            new Pool.PoolTls(NAME, null, CA.certificate(), TlsVersion.TLSv1_2),
            Pool.SourcePersistence.DEFAULT,
            Pool.UpstreamConnections.PRIVATE,
            null,
            new Pool.Timeouts(usual.responseHeader(), usual.idle(), connect)));
    node.publish(config, certificates);
    Snapshot compiled = node.current.current();
    List<Member> members = compiled.pools().getFirst().members();
    members.forEach(member -> member.resolvedTo(InetAddress.getLoopbackAddress()));
    Balancer inOrder =
        (pool, _, exclude, _) ->
            pool.members().stream()
                .filter(member -> !exclude.contains(member) && member.isUsable(nowNanos))
                .findFirst()
                .orElse(null);
    node.current.publish(
        new Snapshot(
            compiled.revision(), compiled.listeners(), compiled.pools(), inOrder, compiled.tls()));
    return members.getFirst();
  }

  private static Pool.Member member(String name, Server server) {
    return new Pool.Member(name + ".contoso.local", null, 1, new Pool.Bridging(server.port(), 0));
  }

  private String ask(String request) throws Exception {
    try (Socket client = TestKeys.trusting(CA).getSocketFactory().createSocket()) {
      client.connect(node.address());
      client.setSoTimeout(20_000);
      client.getOutputStream().write(bytes(request));
      client.getOutputStream().flush();
      return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private void asksTheGoodOne(String request) throws Exception {
    assertThat(ask(request)).startsWith("HTTP/1.1 200 ").endsWith("good");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  /// The request goes on at once, with its body too, for not a byte of it was sent; and nobody else loses time on that member.
  @ParameterizedTest
  @EnumSource(Fault.class)
  void requestsGoToTheOtherMemberAndTheFailedOneIsLeftAlone(Fault fault) throws Exception {
    boolean silent = fault == Fault.SAYS_NOTHING;
    Failure expected = silent ? Failure.MEMBER_CONNECT_TIMEOUT : Failure.MEMBER_TLS;
    try (Server bad = bad(fault);
        Server good = new Server(secure(CA, NAME))) {
      Member failing = publish(bad, good, silent ? SHORT : Pool.Timeouts.DEFAULT.connect());
      long before = System.nanoTime();
      asksTheGoodOne(POST);
      long after = System.nanoTime();
      assertThat(bad.connections).hasValue(1);
      assertThat(node.counters.failures(expected)).isEqualTo(1);
      assertThat(failing.isSuspect(before + Limits.SUSPECT.toNanos())).isTrue();
      assertThat(failing.health()).as("only checks say that").isEqualTo(Member.Health.UP);
      nowNanos = before + Limits.SUSPECT.toNanos();
      for (int i = 0; i < 4; i++) {
        asksTheGoodOne(i % 2 == 0 ? GET : POST);
      }
      assertThat(bad.connections).as("left alone").hasValue(1);

      nowNanos = after + Limits.SUSPECT.toNanos();
      asksTheGoodOne(GET);
      assertThat(bad.connections).as("tried again").hasValue(2);
      assertThat(node.counters.failures(expected)).isEqualTo(2);
      assertThat(bad.requests).hasValue(0);
      assertThat(good.requests).hasValue(6);
      assertThat(node.counters.failures()).isEqualTo(2);
    }
  }

  /// With TLS 1.3 a member's no comes after our handshake is done (RFC 8446 §4.4.2.4): the request may have been read, so it is not sent
  /// again, and the member has three tries as one that breaks off.
  @Test
  void memberThatRefusesAfterTheHandshakeIsLeftAloneAfterThreeFailures() throws Exception {
    SSLServerSocket asking = secure(CA, NAME);
    asking.setNeedClientAuth(true);
    try (Server bad = new Server(asking);
        Server good = new Server(secure(CA, NAME))) {
      Member failing = publish(bad, good, Pool.Timeouts.DEFAULT.connect());
      nowNanos = System.nanoTime();
      for (int i = 0; i < 3; i++) {
        assertThat(failing.isSuspect(nowNanos)).isFalse();
        assertThat(ask(POST)).startsWith("HTTP/1.1 502 ");
      }
      assertThat(failing.isSuspect(nowNanos)).isTrue();
      for (int i = 0; i < 4; i++) {
        asksTheGoodOne(POST);
      }
      assertThat(bad.connections).hasValue(3);
      assertThat(bad.requests).hasValue(0);
      assertThat(node.counters.failures(Failure.MEMBER_CLOSED)).isEqualTo(3);
    }
  }

  @Test
  void theSameMemberWithTls12FailsTheHandshake() throws Exception {
    SSLServerSocket asking = secure(CA, NAME);
    asking.setNeedClientAuth(true);
    asking.setEnabledProtocols(new String[] {"TLSv1.2"});
    try (Server bad = new Server(asking);
        Server good = new Server(secure(CA, NAME))) {
      Member failing = publish(bad, good, Pool.Timeouts.DEFAULT.connect());
      asksTheGoodOne(POST);
      assertThat(failing.isSuspect(nowNanos)).isTrue();
      assertThat(node.counters.failures(Failure.MEMBER_TLS)).isEqualTo(1);
    }
  }

  @Test
  void whereAllFailEachIsTriedOnceAndTheClientIsTold() throws Exception {
    try (Server one = bad(Fault.WRONG_NAME);
        Server two = bad(Fault.UNTRUSTED)) {
      Member failing = publish(one, two, Pool.Timeouts.DEFAULT.connect());
      assertThat(ask(POST)).startsWith("HTTP/1.1 502 ").contains("could not reach");
      assertThat(failing.isSuspect(nowNanos)).isTrue();
      assertThat(one.connections).hasValue(1);
      assertThat(two.connections).hasValue(1);
      assertThat(node.counters.failures(Failure.MEMBER_TLS)).isEqualTo(2);
    }
  }
}
