package io.portcullis.proxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.portcullis.proxy.exchange.Exchanges;
import io.portcullis.proxy.http.Connections;
import io.portcullis.proxy.limit.Access;
import io.portcullis.proxy.limit.ListenerLimits;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.observe.NodeCounters;
import io.portcullis.proxy.observe.Observer;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.snapshot.Snapshot;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TurnstileTest {

  private final NodeCounters counters = new NodeCounters();
  private final Connections connections =
      new Connections(
          new Exchanges(new CurrentSnapshot(Snapshot.EMPTY), counters, Observer.NOBODY));

  private static EmbeddedChannel from(String address) {
    return new EmbeddedChannel() {
      @Override
      protected SocketAddress remoteAddress0() {
        return new InetSocketAddress(address, 40_000);
      }
    };
  }

  private boolean admits(Access access, boolean tls, EmbeddedChannel channel) {
    InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
    return Turnstile.admits(access, tls, peer.getAddress(), channel, connections);
  }

  private static Access access(int connections, int handshakes) {
    return new Access(
        new ListenerLimits(connections, handshakes, 0, new ListenerLimits.Tables()), Map.of());
  }

  @Test
  void handshakesOfASourceAreBoundedAndTheConnectionIsClosedBeforeOne() {
    Access access = access(0, 1);
    EmbeddedChannel first = from("192.0.2.1");
    EmbeddedChannel second = from("192.0.2.1");
    EmbeddedChannel other = from("192.0.2.2");
    assertThat(admits(access, true, first)).isTrue();
    assertThat(admits(access, true, second)).isFalse();
    assertThat(admits(access, true, other)).isTrue();
    assertThat(second.isOpen()).isFalse();
    assertThat(first.isOpen()).isTrue();
    assertThat(counters.failures(Failure.HANDSHAKE_LIMIT)).isEqualTo(1);
  }

  @Test
  void clearConnectionIsNoHandshake() {
    Access access = access(0, 1);
    for (int i = 0; i < 5; i++) {
      assertThat(admits(access, false, from("192.0.2.1"))).isTrue();
    }
  }

  @Test
  void addressesOfOneSlash64ShareTheirConnections() {
    Access access = access(2, 0);
    EmbeddedChannel first = from("2001:db8::1");
    assertThat(admits(access, true, first)).isTrue();
    assertThat(admits(access, true, from("2001:db8::2"))).isTrue();
    assertThat(admits(access, true, from("2001:db8::3"))).isFalse();
    assertThat(admits(access, true, from("2001:db8:0:1::3"))).isTrue();
    first.close();
    first.runPendingTasks();
    assertThat(admits(access, true, from("2001:db8::4"))).isTrue();
  }
}
