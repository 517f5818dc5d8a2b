package io.portcullis.proxy.engine;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A member that keeps every byte it gets, as it came. It answers whatever the most forgiving reader would take for a whole request, so
/// that a proxy goes on; what the bytes mean is asked afterwards.
final class RecordingMember implements Closeable {

  static final String MARK = "X-Member: 1\r\n";
  private static final byte[] ANSWER =
      ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + MARK + "\r\n")
          .getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Conversation> conversations = new CopyOnWriteArrayList<>();

  RecordingMember() throws IOException {
    Thread.ofVirtual().start(this::accept);
  }

  private static final class Conversation {
    final Socket socket;
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    volatile boolean over;

    Conversation(Socket socket) {
      this.socket = socket;
    }
  }

  private void accept() {
    try {
      while (true) {
        Conversation one = new Conversation(server.accept());
        conversations.add(one);
        Thread.ofVirtual().start(() -> record(one));
      }
    } catch (IOException _) {
      // Closed: the test is over.
    }
  }

  private static void record(Conversation one) {
    byte[] buffer = new byte[64 * 1024];
    int answered = 0;
    try (Socket socket = one.socket) {
      InputStream in = socket.getInputStream();
      for (int some = in.read(buffer); some >= 0; some = in.read(buffer)) {
        one.bytes.write(buffer, 0, some);
        int complete = Dialect.FORGIVING.read(one.bytes.toByteArray()).complete();
        for (; answered < complete; answered++) {
          socket.getOutputStream().write(ANSWER);
        }
      }
    } catch (IOException _) {
      // Reset: what came before it is kept.
    } finally {
      one.over = true;
    }
  }

  /// The bytes of all connections since the last call, connection by connection; those that are still open are cut off.
  List<byte[]> take(long patienceMillis) throws IOException {
    long deadline = System.nanoTime() + patienceMillis * 1_000_000;
    while (!allOver() && System.nanoTime() < deadline) {
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
    List<byte[]> taken = new ArrayList<>();
    for (Conversation one : conversations) {
      one.socket.close();
      taken.add(one.bytes.toByteArray());
    }
    conversations.clear();
    return taken;
  }

  private boolean allOver() {
    return conversations.stream().allMatch(one -> one.over);
  }

  int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
