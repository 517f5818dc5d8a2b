package io.portcullis.proxy.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.EventExecutor;
import io.portcullis.proxy.Eventually;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What the answers of several members cost on the way to one client. Counted in TLS records on the wire; the event loops are held until
/// all answers lie in their sockets, so that they meet in one turn whatever the machine does.
class TogetherOverHttp2Test {

  private static final int STREAMS = 8;

  /// RFC 9113 §6.7.
  private static final int PING = 6;

  /// The first byte of a TLS record that carries what is encrypted (RFC 8446 §5.1).
  private static final int APPLICATION_DATA = 23;

  @Test
  void answersOfOneTurnShareRecords() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    try (Http2Farm farm =
            new Http2Farm(request -> {
              await(answer);
              return Http2Farm.hello(request);
            });
        RecordCounter counter = new RecordCounter(farm.node.address());
        Http2Client client =
            new Http2Client(counter.address(), farm.trust(), Http2Farm.NAME, "h2").greet()) {
      for (int i = 0; i < STREAMS; i++) {
        client.request(2 * i + 1, true, Http2Farm.get("/" + i));
      }
      Eventually.eventually(
          "the member has all requests", () -> farm.member.requests.size() == STREAMS);

      // Whatever the node had to say before has passed the counter when this is answered.
      client.raw(Http2Client.frameBytes(PING, 0, 0, new byte[8]));
      while (client.next().type() != PING) {
        // Settings and windows.
      }

      CountDownLatch go = new CountDownLatch(1);
      for (EventExecutor loop : farm.node.listeners.loops()) {
        CountDownLatch held = new CountDownLatch(1);
        loop.execute(() -> {
          held.countDown();
          await(go);
        });
        await(held);
      }
      answer.countDown();
      Eventually.eventually(
          "the member has answered all", () -> farm.member.answered.get() == STREAMS);
      int before = counter.records.get();
      go.countDown();

      for (int ended = 0; ended < STREAMS; ) {
        ended += (client.nextOfInterest().flags() & Http2Client.END_STREAM);
      }
      // One, unless the kernel hands the answers over in several turns.
      assertThat(counter.records.get() - before).isLessThan(STREAMS);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Stands between a client and the node and passes bytes on, record by record on the way back.
  private static final class RecordCounter implements Closeable {

    final AtomicInteger records = new AtomicInteger();
    private final ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final Socket node = new Socket();

    RecordCounter(InetSocketAddress to) throws IOException {
      node.connect(to);
      node.setTcpNoDelay(true);
      Thread.ofVirtual().start(this::pass);
    }

    InetSocketAddress address() {
      return (InetSocketAddress) door.getLocalSocketAddress();
    }

    private void pass() {
      try (Socket client = door.accept()) {
        client.setTcpNoDelay(true);
        Thread.ofVirtual().start(() -> requests(client));
        DataInputStream in = new DataInputStream(node.getInputStream());
        OutputStream out = client.getOutputStream();
        while (true) {
          byte[] record = new byte[5];
          in.readFully(record);
          byte[] body = in.readNBytes((record[3] & 0xff) << 8 | record[4] & 0xff);
          if (record[0] == APPLICATION_DATA) {
            records.incrementAndGet();
          }
          out.write(record);
          out.write(body);
        }
      } catch (IOException _) {
        // Closed.
      }
    }

    private void requests(Socket client) {
      try {
        client.getInputStream().transferTo(node.getOutputStream());
      } catch (IOException _) {
        // Closed.
      }
    }

    @Override
    public void close() throws IOException {
      door.close();
      node.close();
    }
  }
}
