package io.portcullis.proxy.health;

import static io.portcullis.proxy.Eventually.eventually;
import static io.portcullis.proxy.TestConfig.member;
import static io.portcullis.proxy.TestConfig.pool;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.Probe;
import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.TestAuthority;
import io.portcullis.proxy.TestConfig;
import io.portcullis.proxy.TestKeys;
import io.portcullis.proxy.member.Bind;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.member.OwnAddresses;
import io.portcullis.proxy.snapshot.Compilation;
import io.portcullis.proxy.snapshot.CompilerInput;
import io.portcullis.proxy.snapshot.SnapshotCompiler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthMonitorTest {

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final TestAuthority CA = new TestAuthority("pool CA");
  private static final FarmConfig NOTHING = new TestConfig().build();

  private final List<Runnable> closing = new ArrayList<>();
  private final AtomicInteger changes = new AtomicInteger();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final AtomicInteger status = new AtomicInteger(200);
  private final HealthMonitor monitor =
      new HealthMonitor(new OwnAddresses(Set.of()), changes::incrementAndGet);

  @AfterEach
  void closeAll() {
    monitor.close();
    closing.forEach(Runnable::run);
  }

  private static List<MemberPool> compiled(FarmConfig config) {
    Compilation result =
        SnapshotCompiler.compile(
            new CompilerInput(
                1,
                config,
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of("p/fe1", LOOPBACK),
                new OwnAddresses(Set.of()),
                Instant.now(),
                null));
    return ((Compilation.Compiled) result).snapshot().pools();
  }

  private static Pool.HealthCheck check(@Nullable String get, int alsoTcp) {
    return new Pool.HealthCheck(get, 200, alsoTcp, Duration.ofMillis(20));
  }

  private static Pool.HealthCheck probing(Probe... also) {
    return new Pool.HealthCheck(
        null, 200, 0, Duration.ofMillis(20), List.of(also), Pool.Judgement.DEFAULT);
  }

  private static FarmConfig config(
      Pool.Bridging ports, Pool.@Nullable PoolTls tls, Pool.HealthCheck check) {
    TestConfig config = new TestConfig();
    config.pools.add(pool("p", ports, tls, check, member("fe1", "127.0.0.1", 1)));
    return config.build();
  }

  private static FarmConfig clear(int port, Pool.HealthCheck check) {
    return config(new Pool.Bridging(0, port), null, check);
  }

  private Member watched(FarmConfig config) {
    List<MemberPool> pools = compiled(config);
    monitor.follow(config, new Resolver(config), pools, List.of());
    return pools.getFirst().members().getFirst();
  }

  private static void awaitDown(Member member, String reason) {
    eventually(
        "down because of " + reason,
        () -> member.health() == Member.Health.DOWN && member.reason().contains(reason));
  }

  private static void awaitUp(Member member) {
    eventually("up", () -> member.health() == Member.Health.UP);
  }

  private int server() throws IOException {
    return serve(HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0));
  }

  private int serve(HttpServer server) {
    server.createContext(
        "/",
        exchange -> {
          seen.add(
              exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Host")
                  + " accept="
                  + exchange.getRequestHeaders().containsKey("Accept"));
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        });
    server.start();
    closing.add(() -> server.stop(0));
    return server.getAddress().getPort();
  }

  private int tlsServer(TestAuthority authority, String name) throws Exception {
    HttpsServer server = HttpsServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(TestKeys.serverContext(authority.issue(name))));
    return serve(server);
  }

  private ServerSocket socket() throws IOException {
    ServerSocket socket = new ServerSocket(0, 50, LOOPBACK);
    closing.add(() -> close(socket));
    return socket;
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Pool.PoolTls tls(@Nullable String serverName) {
    return new Pool.PoolTls(serverName, null, CA.certificate(), TlsVersion.TLSv1_2);
  }

  @Test
  void statusDecidesAndTheMemberComesBack() throws Exception {
    status.set(503);
    Member member = watched(clear(server(), check("/root?x", 0)));
    awaitDown(member, "answered 503, expected 200");
    assertThat(seen.getFirst()).isEqualTo("/root?x fe1 accept=false");
    status.set(200);
    awaitUp(member);
    eventually("told of both changes", () -> changes.get() == 2);
  }

  @Test
  void checksOfAMemberThatWantsAProxyHeaderBeginWithOne() throws Exception {
    ServerSocket socket = socket();
    Thread.ofVirtual()
        .start(() -> {
          while (!socket.isClosed()) {
            try (Socket one = socket.accept()) {
              seen.add(new String(one.getInputStream().readNBytes(19), US_ASCII));
              one.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(US_ASCII));
            } catch (IOException e) {
              seen.add("closed");
            }
          }
        });
    Pool.Bridging ports = new Pool.Bridging(0, socket.getLocalPort(), Pool.ProxyProtocol.V1);
    Member member = watched(config(ports, null, check("/x", 0)));
    eventually("a check", () -> !seen.isEmpty());
    assertThat(seen.getFirst()).isEqualTo("PROXY UNKNOWN\r\nGET ");
    awaitUp(member);
  }

  @Test
  void connectionIsEnoughWhereNothingElseIsAsked() throws Exception {
    ServerSocket socket = socket();
    Member member = watched(clear(socket.getLocalPort(), check(null, 0)));
    member.suspectFor(Duration.ofHours(1).toNanos(), System.nanoTime());
    eventually("trusted again", () -> !member.isSuspect(System.nanoTime()));
    assertThat(member.health()).isEqualTo(Member.Health.UP);
    socket.close();
    awaitDown(member, "connect 127.0.0.1 port " + socket.getLocalPort());
  }

  @Test
  void secondPortMustAcceptToo() throws Exception {
    ServerSocket dead = socket();
    dead.close();
    awaitDown(
        watched(clear(server(), check("/", dead.getLocalPort()))), "port " + dead.getLocalPort());
  }

  @Test
  void tlsMemberIsCheckedOverTheTlsOfRequests() throws Exception {
    Pool.Bridging ports = new Pool.Bridging(tlsServer(CA, "pool01.contoso.local"), 0);
    Member member = watched(config(ports, tls("pool01.contoso.local"), check("/", 0)));
    eventually("asked by its TLS name", () -> seen.contains("/ pool01.contoso.local accept=false"));
    assertThat(member.health()).isEqualTo(Member.Health.UP);
    awaitDown(watched(config(ports, tls("other.contoso.local"), check("/", 0))), "TLS");
  }

  @Test
  void everyFurtherProbeMustPass() throws Exception {
    ServerSocket open = socket();
    int web = server();
    Probe get = new Probe.Get("/also", web, false, 200);
    Member member = watched(clear(web, probing(new Probe.Tcp(open.getLocalPort()), get)));
    eventually("asked at the port of its own", () -> seen.contains("/also fe1 accept=false"));
    assertThat(member.health()).isEqualTo(Member.Health.UP);
    status.set(500);
    awaitDown(member, "GET /also answered 500, expected 200");
    status.set(200);
    awaitUp(member);
    open.close();
    awaitDown(member, "port " + open.getLocalPort());
  }

  @Test
  void tlsProbeVerifiesLikeARequestAndSendsNone() throws Exception {
    int port = tlsServer(CA, "pool01.contoso.local");
    int clear = server();
    Pool.Bridging ports = new Pool.Bridging(clear, 0);
    Pool.HealthCheck check = probing(new Probe.Tls(port));
    Member good = watched(config(ports, tls("pool01.contoso.local"), check));
    awaitDown(watched(config(ports, tls("other.contoso.local"), check)), "handshake at port");
    assertThat(good.health()).isEqualTo(Member.Health.UP);
    awaitDown(
        watched(config(ports, tls("pool01.contoso.local"), probing(new Probe.Tls(clear)))),
        "handshake at port " + clear);
    assertThat(seen).isEmpty();
  }

  @Test
  void partThatTakesLongerThanItsTimeFails() throws Exception {
    ServerSocket silent = socket();
    Pool.Judgement quick = new Pool.Judgement(2, 2, Duration.ofMillis(50), Duration.ZERO);
    Pool.HealthCheck check =
        new Pool.HealthCheck("/", 200, 0, Duration.ofMillis(20), List.of(), quick);
    awaitDown(watched(clear(silent.getLocalPort(), check)), "timed out");
  }

  @Test
  void memberThatComesBackStartsSlowlyAndOneThatWasNeverDownDoesNot() throws Exception {
    Pool.Judgement slow = new Pool.Judgement(1, 1, Duration.ofSeconds(5), Duration.ofHours(1));
    Pool.HealthCheck check =
        new Pool.HealthCheck("/", 200, 0, Duration.ofMillis(20), List.of(), slow);
    Member member = watched(clear(server(), check));
    eventually("checked", () -> !seen.isEmpty());
    assertThat(member.weightAt(System.nanoTime())).isEqualTo(1.0);
    status.set(503);
    awaitDown(member, "503");
    status.set(200);
    awaitUp(member);
    assertThat(member.weightAt(System.nanoTime())).isEqualTo(0.1);
  }

  @Test
  void memberOfAnotherAuthorityIsDown() throws Exception {
    int port = tlsServer(new TestAuthority("stranger"), "fe1");
    awaitDown(watched(config(new Pool.Bridging(port, 0), tls(null), check("/", 0))), "TLS");
  }

  @Test
  void peerThatSpeaksNoHttpIsDown() throws Exception {
    ServerSocket socket = socket();
    Thread.ofVirtual().start(() -> greet(socket));
    awaitDown(watched(clear(socket.getLocalPort(), check("/", 0))), "not HTTP/1.1");
  }

  private static void greet(ServerSocket socket) {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept()) {
        client.getOutputStream().write("220 mail ready\r\n".getBytes(US_ASCII));
        byte[] _ = client.getInputStream().readNBytes(1);
      } catch (IOException _) {
        // The next one is accepted, unless the test is over.
      }
    }
  }

  @Test
  void memberThatMovesOntoOurOwnListenerIsMarkedDown() throws Exception {
    int port = server();
    FarmConfig config = clear(port, check("/", 0));
    List<MemberPool> pools = compiled(config);
    Bind everywhere = new Bind(InetAddress.ofLiteral("0.0.0.0"), port);
    monitor.follow(config, new Resolver(config), pools, List.of(everywhere));
    awaitDown(pools.getFirst().members().getFirst(), "circles");
  }

  @Test
  void droppedMemberIsNoLongerChecked() throws Exception {
    int port = server();
    Member dropped = watched(clear(port, check("/old", 0)));
    eventually("checked", () -> seen.contains("/old fe1 accept=false"));
    monitor.follow(NOTHING, new Resolver(NOTHING), List.of(), List.of());
    status.set(503);
    awaitDown(watched(clear(port, check("/new", 0))), "503");
    assertThat(dropped.health()).isEqualTo(Member.Health.UP);
    int last = seen.lastIndexOf("/old fe1 accept=false");
    eventually("many new checks", () -> seen.size() > last + 20);
    assertThat(seen.subList(last + 1, seen.size())).doesNotContain("/old fe1 accept=false");
  }

  @Test
  void keptMemberFollowsTheNewCheck() throws Exception {
    int port = server();
    FarmConfig before = clear(port, check("/a", 0));
    List<MemberPool> pools = compiled(before);
    monitor.follow(before, new Resolver(before), pools, List.of());
    eventually("first check", () -> seen.contains("/a fe1 accept=false"));
    FarmConfig after = clear(port, check("/b", 0));
    monitor.follow(after, new Resolver(after), pools, List.of());
    eventually("second check", () -> seen.contains("/b fe1 accept=false"));
  }
}
