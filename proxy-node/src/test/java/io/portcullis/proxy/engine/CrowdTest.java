package io.portcullis.proxy.engine;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Many clients at once, in front of a shared pool.
class CrowdTest {

  private static final int CLIENTS = 400;
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  @Test
  void theNextRequestsOfACrowdFindItsConnections() throws IOException {
    AtomicInteger parked = new AtomicInteger();
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    List<Wire> clients = new ArrayList<>();
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              while (true) {
                wire.read();
                await(parked.incrementAndGet() <= CLIENTS ? first : second);
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
              }
            });
        TestNode node = TestNode.of(TestNode.clearPool(false, member.port()))) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(node.connect().send(GET));
      }
      eventually("the member has them all", () -> parked.get() == CLIENTS);
      assertThat(member.connections()).isEqualTo(CLIENTS);
      first.countDown();
      for (Wire client : clients) {
        assertThat(client.read().status()).isEqualTo(200);
      }
      for (Wire client : clients) {
        client.send(GET);
      }
      eventually("the member has them again", () -> parked.get() == 2 * CLIENTS);
      second.countDown();
      for (Wire client : clients) {
        assertThat(client.read().status()).isEqualTo(200);
      }
      assertThat(member.connections()).isEqualTo(CLIENTS);
    } finally {
      for (Wire client : clients) {
        client.close();
      }
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
