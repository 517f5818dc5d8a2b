package io.portcullis.proxy.engine;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.message.RequestHead;
import io.portcullis.proxy.message.Upgrades;
import io.portcullis.proxy.rule.Decision;
import io.portcullis.proxy.snapshot.ListenerSnapshot;
import io.portcullis.proxy.snapshot.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// A long day in half a minute: clients that keep, send and abort, a WebSocket and long polls that last through all of it, a member that is
/// restarted again and again, and a thousand configurations. `-Dsoak.publications=N` makes the day longer.
@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class SoakTest {

  private static final int PUBLICATIONS = Integer.getInteger("soak.publications", 1_000);
  private static final int PUBLICATIONS_PER_RESTART = 50;
  private static final int PUBLICATIONS_WITHOUT = 10;
  private static final String BROKEN = "closed the connection without an answer";
  private static final int EXCHANGES_PER_PUBLICATION = 3;
  private static final int RISKING = 2;
  private static final int POLLS = 4;

  /// The first snapshot, which the long polls began with, the last ones, and what connections have seen.
  private static final int SNAPSHOTS_IN_USE = 12;

  private static final long MOST_GROWTH = 64L * 1024 * 1024;
  private static final long MOST_HEAP_GROWTH = 32L * 1024 * 1024;

  private final CountDownLatch evening = new CountDownLatch(1);
  private final AtomicLong served = new AtomicLong();
  private final AtomicLong broken = new AtomicLong();
  private final AtomicLong messages = new AtomicLong();
  private final Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean over;

  /// What a client does again and again.
  private interface Habit {
    void run(SplittableRandom random) throws IOException;
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
              } catch (IOException | RuntimeException | AssertionError e) {
                wrong.add(e);
              }
            }));
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
        await(evening);
      }
      String body = request.firstLine() + "\n" + request.body();
      wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static String path(RequestHead head) {
    return new String(
        head.bytes(),
        head.pathStart(),
        head.pathEnd() - head.pathStart(),
        StandardCharsets.ISO_8859_1);
  }

  private static Decision decide(RequestHead head, MemberPool steady, MemberPool shaky) {
    Upgrades upgrades = new Upgrades(List.of("websocket"), Duration.ofMinutes(1));
    return path(head).startsWith("/shaky")
        ? new Decision.Forward("shaky", shaky, false)
        : new Decision.Forward("steady", steady, false, upgrades);
  }

  /// The same members in other objects, as a revision has them.
  private static Snapshot snapshot(long revision, MemberPool steady, MemberPool shaky) {
    MemberPool one = again(steady, revision % 3 == 0);
    MemberPool two = again(shaky, true);
    ListenerSnapshot door =
        new ListenerSnapshot(
            TestNode.LISTENER, "127.0.0.1:0", head -> decide(head, one, two), null);
    return new Snapshot(
        revision, Map.of(TestNode.LISTENER, door), List.of(one, two), TestNode.IN_ORDER);
  }

  private static MemberPool again(MemberPool pool, boolean isPrivate) {
    return new MemberPool(
        pool.name(),
        pool.members(),
        null,
        null,
        isPrivate,
        pool.responseHeaderTimeout(),
        pool.idleTimeout(),
        pool.connectTimeout(),
        pool.persistence(),
        pool.selection());
  }

  private void keepAndSend(TestNode node, SplittableRandom random) throws IOException {
    try (Wire wire = node.connect()) {
      for (int i = random.nextInt(1, 30); i > 0 && !over; i--) {
        String mark = "m" + random.nextLong();
        String body = mark.repeat(random.nextInt(3) == 0 ? random.nextInt(5_000) : 1);
        boolean chunked = random.nextBoolean();
        wire.send(
            "POST /x HTTP/1.1\r\nHost: a\r\n"
                + (chunked
                    ? "Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
                        .formatted(body.length(), body)
                    : "Content-Length: " + body.length() + "\r\n\r\n" + body));
        Wire.Message answer = wire.read();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).startsWith("POST /x").contains(mark);
        served.incrementAndGet();
      }
    }
  }

  /// Sends half of something, or does not read what comes.
  private void abort(TestNode node, SplittableRandom random) throws IOException {
    String request = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n";
    try (Wire wire = node.connect()) {
      wire.socket().setSoLinger(random.nextBoolean(), 0);
      wire.send(request.substring(0, random.nextInt(1, request.length())));
      if (random.nextBoolean()) {
        wire.send("GET /y HTTP/1.1\r\nHost: a\r\n\r\n");
      }
    } catch (SocketException _) {
      // Refused already: as good.
    }
    served.incrementAndGet();
  }

  /// To the member that is restarted: what it has at that moment is lost, and nothing else.
  private void risk(TestNode node, SplittableRandom random) throws IOException {
    try (Wire wire = node.connect()) {
      for (int i = random.nextInt(1, 10); i > 0 && !over; i--) {
        Wire.Message answer = wire.send("GET /shaky HTTP/1.1\r\nHost: a\r\n\r\n").read();
        if (answer.status() != 200) {
          assertThat(answer.body()).as("a refused connection is tried elsewhere").contains(BROKEN);
          broken.incrementAndGet();
          return;
        }
        served.incrementAndGet();
      }
    } catch (java.io.EOFException | SocketException e) {
      // Its private connection went while nothing ran: the next request is sent on a new one.
      assertThat(e).hasMessageMatching("closed after: |Connection reset.*|Broken pipe.*");
    }
  }

  private void chat(Wire tunnel, SplittableRandom random) throws IOException {
    String message = "message " + random.nextLong();
    assertThat(tunnel.send(message).readBytes(message.length())).isEqualTo(message);
    messages.incrementAndGet();
  }

  private static long direct() {
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
  }

  /// A connection of somebody's may have got the port for a moment.
  private ScriptedMember open(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    eventually("port " + port + " is free", () -> binds(socket, port));
    return new ScriptedMember(socket, this::serve);
  }

  private static boolean binds(ServerSocket socket, int port) {
    try {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (BindException _) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void nothingOfOursFailsThroughAThousandPublications() throws Exception {
    ScriptedMember shaky = open(0);
    int port = shaky.port();
    try (ScriptedMember steady = new ScriptedMember(this::serve)) {
      MemberPool one = TestNode.pool("steady", false, Duration.ofMinutes(5), steady.port());
      MemberPool two = TestNode.pool("shaky", true, Duration.ofMinutes(5), port, steady.port());
      try (TestNode node =
              TestNode.of(head -> decide(head, one, two), TestNode.IN_ORDER, one, two);
          Wire tunnel = node.connect()) {
        tunnel.send(
            "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        assertThat(tunnel.readHead()).startsWith("HTTP/1.1 101 ");
        List<Wire> polls = new ArrayList<>();
        for (int i = 0; i < POLLS; i++) {
          polls.add(node.connect().send("GET /poll HTTP/1.1\r\nHost: a\r\n\r\n"));
        }
        for (int i = 0; i < 3; i++) {
          begin(i, random -> keepAndSend(node, random));
        }
        for (int i = 0; i < 2; i++) {
          begin(10 + i, random -> abort(node, random));
        }
        for (int i = 0; i < RISKING; i++) {
          begin(20 + i, random -> risk(node, random));
        }
        begin(30, random -> chat(tunnel, random));

        List<WeakReference<Snapshot>> published = new ArrayList<>();
        long early = 0;
        long earlyHeap = 0;
        int restarts = 0;
        for (int revision = 2; revision <= PUBLICATIONS + 1; revision++) {
          Snapshot next = snapshot(revision, one, two);
          node.listeners.reconcile(next);
          node.current.publish(next);
          published.add(new WeakReference<>(next));
          if (revision % PUBLICATIONS_PER_RESTART == 0) {
            shaky.close();
            restarts++;
          } else if (restarts > 0 && revision % PUBLICATIONS_PER_RESTART == PUBLICATIONS_WITHOUT) {
            shaky = open(port);
          }
          long before = served.get();
          eventually(
              "exchanges go on",
              () -> served.get() >= before + EXCHANGES_PER_PUBLICATION || !wrong.isEmpty());
          assertThat(wrong).isEmpty();
          if (revision == PUBLICATIONS / 10) {
            early = direct();
            earlyHeap = UsedHeap.bytes();
          }
        }
        long grown = UsedHeap.bytes() - earlyHeap;
        over = true;
        evening.countDown();
        for (Wire poll : polls) {
          assertThat(poll.read().body()).startsWith("GET /poll");
          poll.close();
        }
        for (Thread client : clients) {
          client.join();
        }
        assertThat(wrong).isEmpty();
        assertThat(messages.get()).as("the WebSocket lived").isPositive();
        assertThat(broken.get())
            .as("of those that a restarted member had")
            .isLessThanOrEqualTo((long) restarts * RISKING);
        assertThat(direct() - early).as("growth of off-heap memory").isLessThan(MOST_GROWTH);
        assertThat(grown).as("growth of the heap").isLessThan(MOST_HEAP_GROWTH);
        eventually("old snapshots are gone", () -> alive(published) <= SNAPSHOTS_IN_USE);
      }
    } finally {
      shaky.close();
    }
  }

  private static long alive(List<WeakReference<Snapshot>> published) {
    System.gc();
    return published.stream().filter(one -> one.get() != null).count();
  }
}
