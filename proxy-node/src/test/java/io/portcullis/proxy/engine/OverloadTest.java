package io.portcullis.proxy.engine;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.exchange.Capacity;
import io.portcullis.proxy.http.Patience;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.HeadRoom;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// Too many clients, or too slow ones: they are turned away, and those being served notice nothing.
@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class OverloadTest {

  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String POLL = "GET /poll HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final Capacity ANY = new Capacity(1_000, () -> 0, 1, HeadRoom.unbounded());
  private static final Patience SHORT = new Patience(Duration.ofSeconds(2), Duration.ofSeconds(2));

  private static boolean isTurnedAway(Wire client) {
    try {
      return client.send(GET).isClosedByPeer();
    } catch (IOException _) {
      return true;
    }
  }

  /// Answers `/poll` when told to, and everything else at once.
  private static ScriptedMember parking(CountDownLatch parked, CountDownLatch go)
      throws IOException {
    return new ScriptedMember((wire, _) -> {
      while (true) {
        boolean parks = wire.read().firstLine().startsWith("GET /poll");
        if (parks) {
          parked.countDown();
          await(go);
        }
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + (parks ? "late" : "soon"));
      }
    });
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void connectionBeyondTheMostIsRefusedAndTheOthersWork() throws IOException {
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node =
            TestNode.bounded(
                TestNode.clearPool(true, member.port()),
                new Capacity(2, () -> 0, 1, HeadRoom.unbounded()),
                Patience.DEFAULT);
        Wire a = node.connect()) {
      assertThat(a.send(GET).read().status()).isEqualTo(200);
      try (Wire b = node.connect()) {
        assertThat(b.send(GET).read().status()).isEqualTo(200);
        for (int i = 0; i < 20; i++) {
          try (Wire more = node.connect()) {
            assertThat(isTurnedAway(more)).isTrue();
          }
        }
        assertThat(a.send(GET).read().status()).isEqualTo(200);
        assertThat(b.send(GET).read().status()).isEqualTo(200);
      }
      eventually("b is gone", () -> node.counters.connectionsOpen() == 1);
      try (Wire c = node.connect()) {
        assertThat(c.send(GET).read().status()).isEqualTo(200);
      }
      assertThat(node.counters.connectionsRefused()).isEqualTo(20);
      assertThat(node.counters.failures()).isZero();
    }
  }

  /// A bound that is a state: however much the flood is refused, everybody inside is answered between one load of refusals and the next, and
  /// nobody of the flood gets in.
  @Test
  void thoseInsideGoOnWhileTenTimesAsManyAreRefused() throws Exception {
    int most = 8;
    int rounds = 10;
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong served = new AtomicLong();
    CountDownLatch parked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> flood = new ArrayList<>();
    List<Wire> inside = new ArrayList<>();
    try (ScriptedMember member = parking(parked, go);
        TestNode node =
            TestNode.bounded(
                TestNode.clearPool(true, member.port()),
                new Capacity(most, () -> 0, 1, HeadRoom.unbounded()),
                Patience.DEFAULT);
        Wire poll = node.connect()) {
      poll.send(POLL);
      parked.await();
      for (int i = 1; i < most; i++) {
        Wire one = node.connect();
        inside.add(one);
        assertThat(one.send(GET).read().status()).isEqualTo(200);
      }
      for (int i = 0; i < 10 * most; i++) {
        flood.add(Thread.ofVirtual().start(() -> flood(node, over, served)));
      }
      for (int round = 1; round <= rounds; round++) {
        long refused = round * 10L * most;
        eventually("refused", () -> node.counters.connectionsRefused() >= refused);
        for (Wire one : inside) {
          assertThat(one.send(GET).read().body()).isEqualTo("soon");
        }
        assertThat(node.counters.connectionsOpen()).isEqualTo(most);
      }
      go.countDown();
      assertThat(poll.read().body()).isEqualTo("late");
      over.set(true);
      for (Thread one : flood) {
        one.join();
      }
      assertThat(served).as("of the flood").hasValue(0);
      assertThat(member.connections()).isEqualTo(most);
      assertThat(node.counters.failures()).isZero();
    } finally {
      over.set(true);
      go.countDown();
      for (Wire one : inside) {
        one.close();
      }
    }
  }

  private static void flood(TestNode node, AtomicBoolean over, AtomicLong served) {
    while (!over.get()) {
      try (Wire client = node.connect()) {
        client.send(GET).read();
        served.incrementAndGet();
      } catch (IOException _) {
        // Turned away, as it should be: again.
      }
    }
  }

  @Test
  void fullMemoryAnswers503AndWhatRunsGoesOn() throws Exception {
    AtomicLong held = new AtomicLong();
    CountDownLatch parked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (ScriptedMember member = parking(parked, go);
        TestNode node =
            TestNode.bounded(
                TestNode.clearPool(true, member.port()),
                new Capacity(1_000, held::get, 100, HeadRoom.unbounded()),
                Patience.DEFAULT);
        Wire poll = node.connect();
        Wire other = node.connect()) {
      poll.send(POLL);
      parked.await();
      // The other's connection stands before memory is full.
      assertThat(other.send("GET /denied HTTP/1.1\r\nHost: a\r\n\r\n").read().status())
          .isEqualTo(404);
      held.set(101);
      eventually("full", () -> answers(other, 503));
      try (Wire late = node.connect()) {
        assertThat(isTurnedAway(late)).isTrue();
      }
      go.countDown();
      assertThat(poll.read().body()).isEqualTo("late");
      held.set(100);
      eventually("room again", () -> answers(poll, 200));
      assertThat(node.counters.failures(Failure.OVERLOADED)).isPositive();
    }
  }

  private static boolean answers(Wire client, int status) {
    try {
      return client.send(GET).read().status() == status;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// A thousand clients that each begin a large head must not fill the heap.
  @Test
  void unfinishedHeadsHaveBoundedRoomTogether() throws Exception {
    String begun = "GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(3000);
    HeadRoom room = new HeadRoom(10_000);
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node =
            TestNode.bounded(
                TestNode.clearPool(true, member.port()),
                new Capacity(1_000, () -> 0, 1, room),
                Patience.DEFAULT);
        Wire first = node.connect()) {
      first.send(begun);
      eventually("the first lies there", () -> room.held() > 3000);
      try (Wire second = node.connect()) {
        second.send(begun);
        assertThat(second.readHead()).startsWith("HTTP/1.1 503 ");
      }
      assertThat(first.send("\r\n\r\n").read().status()).isEqualTo(200);
      assertThat(room.held()).as("nothing is kept of a head that is whole").isZero();
      try (Wire gone = node.connect()) {
        gone.send(begun);
        eventually("another lies there", () -> room.held() > 3000);
      }
      eventually("its room is free", () -> room.held() == 0);
      assertThat(first.send(GET).read().status()).isEqualTo(200);
    }
  }

  @Test
  void headThatDripsIsCutOffAndALongPollIsNot() throws Exception {
    CountDownLatch parked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (ScriptedMember member = parking(parked, go);
        TestNode node = TestNode.bounded(TestNode.clearPool(true, member.port()), ANY, SHORT);
        Wire poll = node.connect().send(POLL);
        Wire slow = node.connect();
        Wire silent = node.connect()) {
      slow.send("GET / HTTP/1.1\r\nHost: a\r\n");
      Thread.ofVirtual()
          .start(() -> {
            try {
              while (true) {
                slow.send("X: y\r\n");
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
              }
            } catch (IOException _) {
              // Cut off.
            }
          });
      assertThat(slow.readHead()).startsWith("HTTP/1.1 408 ");
      assertThat(silent.isClosedByPeer()).as("nothing was asked").isTrue();
      parked.await();
      go.countDown();
      assertThat(poll.read().body()).isEqualTo("late");
    }
  }

  @Test
  void bodyThatDripsIsCutOff() throws IOException {
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node = TestNode.bounded(TestNode.clearPool(true, member.port()), ANY, SHORT);
        Wire slow = node.connect()) {
      slow.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
      Thread.ofVirtual()
          .start(() -> {
            try {
              while (true) {
                slow.send("x");
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
              }
            } catch (IOException _) {
              // Cut off.
            }
          });
      assertThat(slow.readHead()).startsWith("HTTP/1.1 408 ");
      eventually("counted", () -> node.counters.failures(Failure.CLIENT_BODY_TIMEOUT) == 1);
    }
  }

  @Test
  void clientThatWaitsFor100IsNotSlow() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              String head = wire.readHead();
              LockSupport.parkNanos(SHORT.bodyPace().multipliedBy(4).toNanos());
              wire.send("HTTP/1.1 100 Continue\r\n\r\n");
              wire.readBody(head);
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
              go.countDown();
              wire.read();
            });
        TestNode node = TestNode.bounded(TestNode.clearPool(true, member.port()), ANY, SHORT);
        Wire client = node.connect()) {
      client.send(
          "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
      assertThat(client.readHead()).startsWith("HTTP/1.1 100 ");
      assertThat(client.send("hi").read().status()).isEqualTo(200);
      go.await();
    }
  }

  @Test
  void memberThatDoesNotTakeIsNotTheClientsFault() throws Exception {
    int much = 20_000_000;
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              String head = wire.readHead();
              LockSupport.parkNanos(SHORT.bodyPace().multipliedBy(5).toNanos());
              wire.readBody(head);
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
              wire.read();
            });
        TestNode node = TestNode.bounded(TestNode.clearPool(true, member.port()), ANY, SHORT);
        Wire client = node.connect()) {
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + much + "\r\n\r\n");
      client.send(new byte[much]);
      assertThat(client.read().status()).isEqualTo(200);
    }
  }
}
