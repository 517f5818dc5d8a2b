package io.portcullis.proxy.engine;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.balance.Balancer;
import io.portcullis.proxy.limit.Access;
import io.portcullis.proxy.limit.Cidrs;
import io.portcullis.proxy.limit.ListenerLimits;
import io.portcullis.proxy.limit.RuleLimits;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.observe.Observer;
import io.portcullis.proxy.persistence.ClientSource;
import io.portcullis.proxy.persistence.LocalBindings;
import io.portcullis.proxy.persistence.SourceKey;
import io.portcullis.proxy.snapshot.Snapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Behind a load balancer that conveys addresses, a client is who the header says, to whatever goes by the source: the balance, the
/// bindings and the limits. The load balancer is any address of 127/8.
@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class ConveyedSourceTest {

  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String ALICE = "192.0.2.7";
  private static final String BOB = "192.0.2.8";
  private static final int CLIENTS = 32;

  private final ScriptedMember one = named("one");
  private final ScriptedMember two = named("two");
  private final MemberPool pool = TestNode.clearPool(true, one.port(), two.port());

  ConveyedSourceTest() throws IOException {}

  @AfterEach
  void close() throws IOException {
    one.close();
    two.close();
  }

  private static ScriptedMember named(String name) throws IOException {
    return new ScriptedMember((wire, _) -> {
      while (true) {
        wire.read();
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + name);
      }
    });
  }

  private TestNode node(Access access) throws IOException {
    return TestNode.behind("127.0.0.0/8", pool, null, Observer.NOBODY, access);
  }

  private static LocalBindings local(TestNode node) {
    return new LocalBindings(
        node.bindings, _ -> Duration.ofMinutes(30).toMillis(), System::currentTimeMillis);
  }

  private static byte[] text(String client) {
    String family = client.contains(":") ? "TCP6" : "TCP4";
    String door = client.contains(":") ? "2001:db8::f" : "203.0.113.1";
    return "PROXY %s %s %s 50001 443\r\n"
        .formatted(family, client, door)
        .getBytes(StandardCharsets.US_ASCII);
  }

  /// The second version of the same (§2.2 of the specification).
  private static byte[] binary(String client) {
    byte[] header =
        HexFormat.of().parseHex("0d0a0d0a000d0a515549540a2111000cc0000200cb007101c35101bb");
    System.arraycopy(InetAddress.ofLiteral(client).getAddress(), 0, header, 16, 4);
    return header;
  }

  private static Wire from(TestNode node, String balancer, byte[] header) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(balancer), 0));
    socket.connect(node.address());
    return new Wire(socket).send(header);
  }

  /// Who serves a client that has just come.
  private static String served(TestNode node, String balancer, byte[] header) throws IOException {
    try (Wire wire = from(node, balancer, header)) {
      Wire.Message answer = wire.send(GET).read();
      assertThat(answer.status()).isEqualTo(200);
      return answer.body();
    }
  }

  private static void awaitSources(TestNode node, int count) {
    eventually("the table has " + count, () -> node.bindings.replica().table().size() == count);
  }

  private Member owner(TestNode node, String client) {
    ClientSource source = ClientSource.of(InetAddress.ofLiteral(client), pool.persistence());
    return Objects.requireNonNull(node.bindings.owner(pool, source), client);
  }

  /// The balancer of this node always takes the first, so what keeps somebody on the second is the binding.
  @Test
  void eachConveyedAddressHasABindingOfItsOwn() throws IOException {
    try (TestNode node = node(Access.OPEN);
        LocalBindings _ = local(node)) {
      Member first = pool.members().getFirst();
      assertThat(served(node, "127.0.0.1", text(ALICE))).isEqualTo("one");
      awaitSources(node, 1);
      first.draining(true);
      assertThat(served(node, "127.0.0.1", text(BOB))).isEqualTo("two");
      awaitSources(node, 2);
      first.draining(false);
      for (String balancer : List.of("127.0.0.1", "127.0.0.2")) {
        for (int i = 0; i < 3; i++) {
          assertThat(served(node, balancer, text(ALICE))).isEqualTo("one");
          assertThat(served(node, balancer, text(BOB))).isEqualTo("two");
          assertThat(served(node, balancer, binary(ALICE))).isEqualTo("one");
          assertThat(served(node, balancer, binary(BOB))).isEqualTo("two");
        }
      }
      assertThat(owner(node, ALICE)).isSameAs(first);
      assertThat(owner(node, BOB)).isSameAs(pool.members().getLast());
      assertThat(node.bindings.replica().table().size()).isEqualTo(2);
    }
  }

  @Test
  void conveyedAddressesOfOneIpv6NetworkAreOneSource() throws IOException {
    try (TestNode node = node(Access.OPEN);
        LocalBindings _ = local(node)) {
      Member first = pool.members().getFirst();
      first.draining(true);
      assertThat(served(node, "127.0.0.1", text("2001:db8:0:1::1"))).isEqualTo("two");
      awaitSources(node, 1);
      first.draining(false);
      assertThat(served(node, "127.0.0.2", text("2001:db8:0:1:ffff::2"))).isEqualTo("two");
      assertThat(served(node, "127.0.0.1", text("2001:db8:0:2::1"))).isEqualTo("one");
    }
  }

  @Test
  void theLoadBalancersOwnRequestsBindItsOwnAddress() throws IOException {
    byte[] itself = "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII);
    try (TestNode node = node(Access.OPEN);
        LocalBindings _ = local(node)) {
      pool.members().getFirst().draining(true);
      assertThat(served(node, "127.0.0.1", text(ALICE))).isEqualTo("two");
      awaitSources(node, 1);
      pool.members().getFirst().draining(false);
      assertThat(served(node, "127.0.0.1", itself)).isEqualTo("one");
      awaitSources(node, 2);
      assertThat(owner(node, "127.0.0.1")).isSameAs(pool.members().getFirst());
      assertThat(served(node, "127.0.0.1", text(ALICE))).isEqualTo("two");
    }
  }

  /// Without a table behind it: what every node of a farm comes to by itself.
  @Test
  void clientsOfOneLoadBalancerAreSpreadByTheirConveyedAddresses() throws IOException {
    try (TestNode node = node(Access.OPEN)) {
      Balancer balancer = Balancer.ofPools();
      Snapshot now = node.current.current();
      node.current.publish(new Snapshot(2, now.listeners(), now.pools(), balancer));
      Map<String, String> expected = new HashMap<>();
      for (int i = 1; i <= CLIENTS; i++) {
        String client = "192.0.2." + i;
        long key = SourceKey.of(InetAddress.ofLiteral(client), 32, 64);
        Member chosen = balancer.pick(pool, key, Set.of(), System.nanoTime());
        expected.put(client, pool.members().getFirst().equals(chosen) ? "one" : "two");
      }
      assertThat(expected).containsValues("one", "two");
      Map<String, String> heard = new HashMap<>();
      for (String client : expected.keySet()) {
        heard.put(client, served(node, "127.0.0.1", text(client)));
        assertThat(served(node, "127.0.0.2", binary(client))).isEqualTo(heard.get(client));
      }
      assertThat(heard).isEqualTo(expected);
    }
  }

  @Test
  void requestsAreCountedOnTheConveyedAddress() throws IOException {
    ListenerLimits few = new ListenerLimits(0, 0, 1, new ListenerLimits.Tables());
    try (TestNode node = node(new Access(few, Map.of()));
        Wire alice = from(node, "127.0.0.1", text(ALICE))) {
      assertThat(alice.send(GET).read().status()).isEqualTo(200);
      // One a second: of many at once most are refused, however slow the machine is.
      eventually("too many", () -> status(alice) == 429);
      for (int i = 10; i < 30; i++) {
        assertThat(served(node, "127.0.0.1", text("192.0.2." + i))).isNotEmpty();
      }
      try (Wire elsewhere = from(node, "127.0.0.2", binary(ALICE))) {
        eventually("the same source, another way", () -> status(elsewhere) == 429);
      }
      assertThat(node.counters.failures(Failure.REQUEST_LIMIT)).isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void networksAreDeniedByTheConveyedAddress() throws IOException {
    RuleLimits rule =
        new RuleLimits(Cidrs.NONE, Cidrs.of(List.of(ALICE + "/32")), 0, 0, new RuleLimits.Tables());
    try (TestNode node = node(new Access(null, Map.of("all", rule)));
        Wire alice = from(node, "127.0.0.1", text(ALICE));
        Wire bob = from(node, "127.0.0.1", text(BOB))) {
      assertThat(status(alice)).isEqualTo(403);
      assertThat(status(bob)).isEqualTo(200);
      assertThat(one.connections()).isEqualTo(1);
    }
  }

  private static int status(Wire wire) {
    try {
      return wire.send(GET).read().status();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
