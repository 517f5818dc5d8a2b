package io.portcullis.proxy.engine;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.PublishingRule.Action;
import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.TestAuthority;
import io.portcullis.proxy.TestConfig;
import io.portcullis.proxy.TestKeys;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.tls.TlsNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/// The day of [SoakTest] as Lync clients have it: over TLS to members with TLS, users of NTLM, HTTP/2 on the one rule that allows it, and
/// every publication a document that is compiled anew. `-Dsoak.publications=N` makes the day longer.
@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class SecureSoakTest {

  private static final int PUBLICATIONS = Integer.getInteger("soak.publications", 1_000);
  private static final int PUBLICATIONS_PER_RESTART = 100;
  private static final int PUBLICATIONS_WITHOUT = 20;
  private static final int PUBLICATIONS_PER_LOOK = 5;
  private static final int POLLS = 3;
  private static final int RISKING = 2;
  private static final String BROKEN = "closed the connection without an answer";

  /// Forty kilobytes that each publication would keep.
  private static final long MOST_GROWTH = 32L * 1024 * 1024;

  private final TestAuthority authority = new TestAuthority("CA");
  private final SSLContext members = TestKeys.serverContext(authority.issue("member.local"));
  private final SSLContext trust = TestKeys.trusting(authority);
  private final Map<String, TestAuthority.Issued> certificates =
      Map.of("web", authority.issue("localhost", "web.contoso.com"));

  private final CountDownLatch evening = new CountDownLatch(1);
  private final AtomicLong served = new AtomicLong();
  private final AtomicLong overHttp2 = new AtomicLong();
  private final AtomicLong messages = new AtomicLong();
  private final AtomicLong broken = new AtomicLong();
  private final AtomicLong confirmed = new AtomicLong();
  private final AtomicInteger users = new AtomicInteger();
  private final Queue<Object> wrong = new ConcurrentLinkedQueue<>();
  private final List<Thread> clients = new ArrayList<>();
  private final TlsNode node = new TlsNode();
  private volatile boolean over;

  /// The JDK would keep twenty thousand sessions of either side, in the heap that is watched here.
  SecureSoakTest() throws Exception {
    trust.getClientSessionContext().setSessionCacheSize(64);
    members.getServerSessionContext().setSessionCacheSize(64);
  }

  /// What a client does again and again.
  private interface Habit {
    void run(SplittableRandom random) throws Exception;
  }

  private void begin(int seed, Habit habit) {
    clients.add(
        Thread.ofVirtual()
            .start(() -> {
              SplittableRandom random = new SplittableRandom(seed);
              try {
                while (!over) {
                  habit.run(random);
                }
              } catch (Exception | AssertionError e) {
                wrong.add(e);
              }
            }));
  }

  private ServerSocket door(int port) throws IOException {
    ServerSocket socket = members.getServerSocketFactory().createServerSocket();
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    eventually("port " + port + " is free", () -> binds(socket, address));
    return socket;
  }

  /// A connection of somebody's may have got the port for a moment.
  private static boolean binds(ServerSocket socket, InetSocketAddress address) {
    try {
      socket.bind(address, 200);
      return true;
    } catch (BindException _) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ScriptedMember open(int port) throws IOException {
    return new ScriptedMember(door(port), this::serve);
  }

  /// Answers with what it was sent; `/poll` only in the evening, and `/chat` is a WebSocket.
  private void serve(Wire wire, int number) throws IOException {
    while (true) {
      Wire.Message request = wire.read();
      if (request.firstLine().startsWith("GET /chat")) {
        wire.send(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
        wire.in().transferTo(wire.socket().getOutputStream());
        return;
      }
      if (request.firstLine().startsWith("GET /poll")) {
        try {
          evening.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      String body = request.firstLine() + "\n" + request.body();
      wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }
  }

  private Wire connect() throws IOException {
    return new Wire(
        trust
            .getSocketFactory()
            .createSocket(node.address().getAddress(), node.address().getPort()));
  }

  private Pool pool(String name, boolean isPrivate, int... ports) {
    List<Pool.Member> said = new ArrayList<>();
    for (int port : ports) {
      Pool.Bridging own = new Pool.Bridging(port, 0);
      said.add(new Pool.Member("%s-%d.local".formatted(name, port), null, 1, own));
    }
    return new Pool(
        name,
        said,
        new Pool.Bridging(443, 0),
        new Pool.PoolTls("member.local", null, authority.certificate(), TlsVersion.TLSv1_2),
        Pool.SourcePersistence.DEFAULT,
        isPrivate ? Pool.UpstreamConnections.PRIVATE : Pool.UpstreamConnections.SHARED,
        null,
        Pool.Timeouts.LYNC);
  }

  /// @param revision in a public name, so that each document differs from the one before
  private void publish(int revision, List<Pool> pools) {
    TestConfig config =
        TlsNode.config(TlsVersion.TLSv1_2, certificates)
            .rule("modern", TlsNode.LISTENER, "localhost", new Action.ToPool("steady"))
            .overHttp2();
    TestConfig chats =
        new TestConfig()
            .rule("chat", TlsNode.LISTENER, "chat", new Action.ToPool("steady"))
            .switchingTo("websocket");
    config.rules.addAll(chats.rules);
    for (String name : List.of("shaky", "a", "b")) {
      config.rule(name, TlsNode.LISTENER, name, new Action.ToPool(name));
    }
    config.rule("news", TlsNode.LISTENER, "r" + revision, new Action.ToPool("steady"));
    config.pools.addAll(pools);
    node.publish(config, certificates);
    node.current.current().pools().stream()
        .flatMap(pool -> pool.members().stream())
        .filter(member -> member.socketAddress(true) == null)
        .forEach(member -> member.resolvedTo(InetAddress.getLoopbackAddress()));
  }

  private void keepAndSend(SplittableRandom random) throws IOException {
    try (Wire wire = connect()) {
      for (int i = random.nextInt(1, 50); i > 0 && !over; i--) {
        String mark = "m" + random.nextLong();
        String body = mark.repeat(random.nextInt(3) == 0 ? random.nextInt(1, 5_000) : 1);
        wire.send(
            "POST /x HTTP/1.1\r\nHost: chat\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(body.length(), body));
        Wire.Message answer = wire.read();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).startsWith("POST /x").endsWith(body);
        served.incrementAndGet();
      }
    }
  }

  private void ask(HttpClient client, SplittableRandom random) throws Exception {
    String mark = "m" + random.nextLong();
    URI uri = URI.create("https://localhost:%d/x".formatted(node.address().getPort()));
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(uri)
                .POST(HttpRequest.BodyPublishers.ofString(mark.repeat(random.nextInt(1, 3_000))))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(answer.body()).startsWith("POST /x").endsWith(mark);
    overHttp2.incrementAndGet();
  }

  private void signIn(SplittableRandom random) {
    NtlmUser user =
        new NtlmUser(users.incrementAndGet(), new Random(random.nextLong()), this::connect);
    user.run();
    wrong.addAll(user.wrong());
    confirmed.addAndGet(user.confirmed());
  }

  /// To the members that are restarted: what they have at that moment is lost, and nothing else.
  private void risk(SplittableRandom random) throws IOException {
    try (Wire wire = connect()) {
      for (int i = random.nextInt(1, 10); i > 0 && !over; i--) {
        Wire.Message answer = wire.send("GET /x HTTP/1.1\r\nHost: shaky\r\n\r\n").read();
        if (answer.status() != 200) {
          assertThat(answer.body()).as("a refused connection is tried elsewhere").contains(BROKEN);
          broken.incrementAndGet();
          return;
        }
        served.incrementAndGet();
      }
    } catch (java.io.EOFException | SocketException | SSLException e) {
      // Its private connection went while nothing ran: the next request is sent on a new one.
      assertThat(e)
          .hasMessageMatching("closed after: |Connection reset.*|Broken pipe.*|.*closed.*");
    }
  }

  private void chat(Wire tunnel, SplittableRandom random) throws IOException {
    String message = "message " + random.nextLong();
    assertThat(tunnel.send(message).readBytes(message.length())).isEqualTo(message);
    messages.incrementAndGet();
  }

  @Test
  void nobodyNoticesAThousandPublicationsOverTls() throws Exception {
    // Each of the two is restarted in turn, so that one of them is the one that the source has.
    ScriptedMember[] shaky = {open(0), open(0)};
    int[] ports = {shaky[0].port(), shaky[1].port()};
    HttpClient http2 =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).sslContext(trust).build();
    try (ScriptedMember steady = open(0);
        StandInIis a = new StandInIis("a", door(0));
        StandInIis b = new StandInIis("b", door(0))) {
      List<Pool> pools =
          List.of(
              pool("steady", false, steady.port()),
              pool("shaky", true, ports),
              pool("a", true, a.port()),
              pool("b", true, b.port()));
      publish(1, pools);
      Wire tunnel = connect();
      tunnel.send(
          "GET /chat HTTP/1.1\r\nHost: chat\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      assertThat(tunnel.readHead()).startsWith("HTTP/1.1 101 ");
      List<Wire> polls = new ArrayList<>();
      for (int i = 0; i < POLLS; i++) {
        polls.add(connect().send("GET /poll HTTP/1.1\r\nHost: chat\r\n\r\n"));
      }
      begin(1, this::keepAndSend);
      begin(2, this::signIn);
      begin(3, random -> ask(http2, random));
      begin(4, random -> chat(tunnel, random));
      for (int i = 0; i < RISKING; i++) {
        begin(10 + i, this::risk);
      }
      long early = 0;
      int restarts = 0;
      for (int revision = 2; revision <= PUBLICATIONS + 1; revision++) {
        publish(revision, pools);
        int which = revision / PUBLICATIONS_PER_RESTART % 2;
        if (revision % PUBLICATIONS_PER_RESTART == 0) {
          shaky[which].close();
          restarts++;
        } else if (restarts > 0 && revision % PUBLICATIONS_PER_RESTART == PUBLICATIONS_WITHOUT) {
          shaky[which] = open(ports[which]);
        }
        if (revision % PUBLICATIONS_PER_LOOK == 0) {
          long before = served.get();
          eventually("exchanges go on", () -> served.get() > before || !wrong.isEmpty());
        }
        assertThat(wrong).isEmpty();
        if (revision == Math.max(1, PUBLICATIONS / 4)) {
          early = UsedHeap.bytes();
        }
      }
      long grown = UsedHeap.bytes() - early;
      over = true;
      evening.countDown();
      for (Wire poll : polls) {
        assertThat(poll.read().body()).startsWith("GET /poll");
        poll.close();
      }
      for (Thread client : clients) {
        client.join();
      }
      tunnel.close();
      assertThat(wrong).isEmpty();
      assertThat(a.foreign()).isEmpty();
      assertThat(b.foreign()).isEmpty();
      assertThat(node.counters.failures(Failure.FOREIGN_IDENTITY)).isZero();
      assertThat(messages.get()).as("the WebSocket lived").isPositive();
      assertThat(overHttp2.get()).as("over HTTP/2").isPositive();
      assertThat(confirmed.get()).as("answers under one's own name").isPositive();
      assertThat(broken.get()).isLessThanOrEqualTo((long) restarts * RISKING);
      assertThat(grown).as("growth of the heap").isLessThan(MOST_GROWTH);
    } finally {
      over = true;
      evening.countDown();
      http2.shutdownNow();
      node.close();
      for (ScriptedMember one : shaky) {
        one.close();
      }
    }
  }
}
