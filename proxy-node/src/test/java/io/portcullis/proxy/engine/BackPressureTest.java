package io.portcullis.proxy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.message.Transport;
import java.io.IOException;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class BackPressureTest {

  private static final long MUCH = 200L * 1024 * 1024;

  /// Socket buffers of the kernel on both legs (a few MB each when loopback tunes them up) and ours (1 MiB and a read burst).
  private static final long BOUND = 40L * 1024 * 1024;

  private static void fill(byte[] piece, long at) {
    new Random(at).nextBytes(piece);
  }

  /// Waits until the count has begun and stands still for two seconds.
  private static long settled(AtomicLong count) {
    long before = 0;
    for (int still = 0; still < 4; ) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
      still = before > 0 && before == count.get() ? still + 1 : 0;
      before = count.get();
    }
    return before;
  }

  @Test
  void memberIsNotReadWhileTheClientDoesNotRead() throws Exception {
    AtomicLong sent = new AtomicLong();
    MessageDigest sentHash = sha256();
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.read();
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + MUCH + "\r\n\r\n");
              byte[] piece = new byte[256 * 1024];
              for (long at = 0; at < MUCH; at += piece.length) {
                fill(piece, at);
                sentHash.update(piece);
                wire.send(piece);
                sent.addAndGet(piece.length);
              }
              wire.read();
            });
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire client = node.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      client.readHead();
      assertThat(settled(sent)).isLessThan(BOUND);
      MessageDigest received = sha256();
      byte[] piece = new byte[256 * 1024];
      for (long left = MUCH; left > 0; ) {
        int some = client.in().read(piece, 0, (int) Math.min(piece.length, left));
        assertThat(some).isPositive();
        received.update(piece, 0, some);
        left -= some;
      }
      assertThat(HexFormat.of().formatHex(received.digest()))
          .isEqualTo(HexFormat.of().formatHex(sentHash.digest()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: " + MUCH, "Transfer-Encoding: chunked"})
  void clientIsNotReadWhileTheMemberDoesNotRead(String framing) throws Exception {
    java.util.concurrent.CountDownLatch go = new java.util.concurrent.CountDownLatch(1);
    boolean chunked = framing.startsWith("T");
    long chunkBytes = 256 * 1024;
    long total = chunked ? MUCH / chunkBytes * (chunkBytes + "40000\r\n\r\n".length()) + 5 : MUCH;
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.readHead();
              await(go);
              MessageDigest hash = sha256();
              byte[] piece = new byte[256 * 1024];
              for (long left = total; left > 0; ) {
                int some = wire.in().read(piece, 0, (int) Math.min(piece.length, left));
                if (some < 0) {
                  return;
                }
                hash.update(piece, 0, some);
                left -= some;
              }
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n");
              wire.send(HexFormat.of().formatHex(hash.digest()));
              wire.read();
            });
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire client = node.connect()) {
      AtomicLong sent = new AtomicLong();
      MessageDigest hash = sha256();
      client.send("POST / HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n\r\n");
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  byte[] piece = new byte[(int) chunkBytes];
                  for (long at = 0; at < MUCH; at += piece.length) {
                    fill(piece, at);
                    if (chunked) {
                      put(
                          client,
                          hash,
                          "40000\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                    }
                    put(client, hash, piece);
                    if (chunked) {
                      put(client, hash, new byte[] {'\r', '\n'});
                    }
                    sent.addAndGet(piece.length);
                  }
                  if (chunked) {
                    put(
                        client,
                        hash,
                        "0\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                  }
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThat(settled(sent)).isLessThan(BOUND);
      go.countDown();
      String received = client.read().body();
      sender.join();
      assertThat(received).isEqualTo(HexFormat.of().formatHex(hash.digest()));
      client.send("GET /denied HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(404);
    }
  }

  private static void put(Wire client, MessageDigest hash, byte[] bytes) throws IOException {
    hash.update(bytes);
    client.send(bytes);
  }

  @Test
  void pipelinedRequestsWaitInTheKernelNotInTheProxy() throws Exception {
    java.util.concurrent.CountDownLatch go = new java.util.concurrent.CountDownLatch(1);
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.read();
              await(go);
              wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
              wire.read();
            });
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire client = node.connect()) {
      AtomicLong sent = new AtomicLong();
      byte[] request =
          ("GET /denied HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(8000) + "\r\n\r\n")
              .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      Socket socket = client.socket();
      Thread.ofVirtual()
          .start(() -> {
            try {
              while (sent.get() < MUCH) {
                socket.getOutputStream().write(request);
                sent.addAndGet(request.length);
              }
            } catch (IOException _) {
              // The test is over.
            }
          });
      assertThat(settled(sent)).isLessThan(BOUND);
      go.countDown();
      assertThat(client.read().status()).isEqualTo(200);
      for (int i = 0; i < 100; i++) {
        assertThat(client.read().status()).isEqualTo(404);
      }
    }
  }

  private static Wire slowReader(TestNode node) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(16 * 1024);
    socket.connect(node.address());
    return new Wire(socket);
  }

  /// Sends `request` so many times, on a thread of its own, and counts.
  private static AtomicLong pipeline(Wire client, String request, int times) throws IOException {
    byte[] bytes = request.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    java.io.OutputStream out = client.socket().getOutputStream();
    AtomicLong sent = new AtomicLong();
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (sent.get() < times) {
              out.write(bytes);
              sent.incrementAndGet();
            }
          } catch (IOException _) {
            // The test is over.
          }
        });
    return sent;
  }

  /// Else each request of a line would leave an answer in our memory, for as long as a client cares to ask.
  @ParameterizedTest
  @MethodSource("io.portcullis.proxy.engine.ForwardingTest#transports")
  void clientThatDoesNotTakeItsAnswersIsNotAskedForMoreRequests(Transport transport)
      throws Exception {
    int times = 60_000;
    try (TestNode node = TestNode.of(TestNode.clearPool(true, 1), transport);
        Wire client = slowReader(node)) {
      AtomicLong sent =
          pipeline(
              client,
              "GET /denied HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(1_000) + "\r\n\r\n",
              times);
      settled(sent);
      assertThat(node.counters.exchanges()).isLessThan(times / 2);
      // All are of one length: so is a date, and an identifier.
      Wire.Message first = client.read();
      String all = first.head() + first.body();
      for (int i = 1; i < times; i++) {
        assertThat(client.readBytes(all.length())).startsWith("HTTP/1.1 404 ").endsWith("\n");
      }
      assertThat(node.counters.exchanges()).isEqualTo(times);
    }
  }

  /// A small answer may wait in the buffer of 2 KB that it came in, but not thousands of them.
  @Test
  void answersThatWaitForAClientTakeAsMuchRoomAsTheyNeed() throws Exception {
    AtomicLong asked = new AtomicLong();
    String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    try (ScriptedMember member =
            new ScriptedMember((wire, _) -> {
              wire.socket().setSoTimeout(0);
              while (true) {
                wire.readHeadOnly();
                asked.incrementAndGet();
                wire.send(answer);
              }
            });
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()));
        Wire client = slowReader(node)) {
      long before = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
      pipeline(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 1_000_000);
      long answered = settled(asked);
      long held = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory() - before;
      assertThat(held).isLessThan(6L * 1024 * 1024);
      for (long i = 0; i < answered; i++) {
        assertThat(client.readBytes(answer.length())).isEqualTo(answer);
      }
    }
  }

  /// A node that stops owes what it has answered, however slowly it is taken.
  @Test
  void answersThatWaitForASlowClientAreNotCutWhenTheNodeStops() throws Exception {
    try (TestNode node = TestNode.of(TestNode.clearPool(true, 1));
        Wire client = slowReader(node)) {
      AtomicLong sent =
          pipeline(
              client,
              "GET /denied HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(1_000) + "\r\n\r\n",
              100_000);
      settled(sent);
      long answered = node.counters.exchanges();
      Thread stopping = Thread.ofVirtual().start(() -> node.stop(Duration.ofMinutes(1)));
      // Longer than a client may linger that has all its answers.
      assertThat(stopping.join(Limits.LINGER_TIME.plusSeconds(2))).isFalse();
      Wire.Message first = client.read();
      String all = first.head() + first.body();
      for (long i = 1; i < answered; i++) {
        assertThat(client.readBytes(all.length())).startsWith("HTTP/1.1 404 ").endsWith("\n");
      }
      assertThat(client.readToEnd()).isEmpty();
      stopping.join();
      assertThat(node.counters.exchanges()).isEqualTo(answered);
    }
  }

  private static void await(java.util.concurrent.CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new IOException("nobody said go");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
