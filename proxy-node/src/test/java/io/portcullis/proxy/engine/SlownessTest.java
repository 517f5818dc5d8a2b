package io.portcullis.proxy.engine;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.exchange.Capacity;
import io.portcullis.proxy.http.Patience;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.HeadRoom;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Who was slow is told apart: the log and the counters send somebody to look, at three in the morning, at one side or the other.
@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class SlownessTest {

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int MUCH = 64 * 1024 * 1024;

  private static TestNode node(ScriptedMember member) throws IOException {
    return TestNode.of(TestNode.pool(true, PATIENCE, member.port()));
  }

  private static void failed(TestNode node, Failure why) {
    eventually(why + " is counted", () -> node.counters.failures(why) == 1);
    assertThat(node.counters.failures()).isEqualTo(1);
  }

  private static void sendMuch(Wire wire) throws IOException {
    byte[] part = new byte[64 * 1024];
    for (int sent = 0; sent < MUCH; sent += part.length) {
      wire.send(part);
    }
  }

  @Test
  void aClientThatDoesNotReadItsAnswer() throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.readHead();
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + MUCH + "\r\n\r\n");
              sendMuch(wire);
            });
        TestNode node = node(member);
        Wire client = node.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      failed(node, Failure.CLIENT_READ_TIMEOUT);
    }
  }

  @Test
  void aMemberThatDoesNotGoOnWithItsAnswer() throws IOException {
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.readHead();
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
              wire.in().read();
              over.countDown();
            });
        TestNode node = node(member);
        Wire client = node.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      failed(node, Failure.MEMBER_BODY_TIMEOUT);
      eventually("the member hears of it", () -> over.getCount() == 0);
    }
  }

  @Test
  void aMemberThatDoesNotTakeARequest() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.readHead();
              try {
                over.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
            });
        TestNode node = node(member);
        Wire client = node.connect()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + MUCH + "\r\n\r\n");
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  sendMuch(client);
                } catch (IOException _) {
                  // The node gave up, as it should.
                }
              });
      failed(node, Failure.MEMBER_HEAD_TIMEOUT);
      over.countDown();
      client.socket().close();
      sender.join();
    }
  }

  @Test
  void aClientThatStopsInTheMiddleOfItsRequest() throws IOException {
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.read();
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            });
        TestNode node = node(member);
        Wire client = node.connect()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
      assertThat(client.readHead()).startsWith("HTTP/1.1 408 ");
      failed(node, Failure.CLIENT_BODY_TIMEOUT);
    }
  }

  @Test
  void tenTimesAsManyClientsAsThereIsRoomForCostThoseInsideNothing() throws Exception {
    int room = 20;
    int rounds = 10;
    AtomicInteger turnedAway = new AtomicInteger();
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node =
            TestNode.bounded(
                TestNode.clearPool(false, member.port()),
                new Capacity(room, () -> 0, 1, HeadRoom.unbounded()),
                Patience.DEFAULT)) {
      String get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
      Wire[] inside = new Wire[room];
      for (int i = 0; i < room; i++) {
        inside[i] = node.connect();
        assertThat(inside[i].send(get).read().status()).isEqualTo(200);
      }
      Thread[] outside = new Thread[10 * room];
      for (int i = 0; i < outside.length; i++) {
        outside[i] =
            Thread.ofVirtual()
                .start(() -> {
                  for (int round = 0; round < rounds; round++) {
                    try (Wire one = node.connect()) {
                      if (one.send(get).isClosedByPeer()) {
                        turnedAway.incrementAndGet();
                      }
                    } catch (IOException _) {
                      turnedAway.incrementAndGet();
                    }
                  }
                });
      }
      while (turnedAway.get() < outside.length * rounds) {
        for (Wire one : inside) {
          assertThat(one.send(get).read().status()).isEqualTo(200);
        }
      }
      for (Thread one : outside) {
        one.join();
      }
      assertThat(node.counters.failures()).isZero();
      assertThat(node.counters.connectionsOpen()).isEqualTo(room);
      for (Wire one : inside) {
        one.close();
      }
    }
  }
}
