package io.portcullis.farm.ensemble;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// A way to one port that a test can cut, and slow down.
public final class Gate implements AutoCloseable {
  private final ServerSocket door;
  private final int to;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;
  private volatile Duration delay = Duration.ZERO;

  /// @param to port of 127.0.0.1
  public Gate(int to) throws IOException {
    this.to = to;
    door = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofVirtual().name("gate").start(this::accept);
  }

  public String address() {
    return "127.0.0.1:" + door.getLocalPort();
  }

  public void cut() {
    cut = true;
    open.forEach(Gate::quietly);
  }

  public void mend() {
    cut = false;
  }

  /// Holds back what the other side answers.
  public void answersAfter(Duration time) {
    delay = time;
  }

  private void accept() {
    try {
      while (true) {
        Socket near = door.accept();
        if (cut) {
          near.close();
          continue;
        }
        Socket far = new Socket(InetAddress.ofLiteral("127.0.0.1"), to);
        open.add(near);
        open.add(far);
        Thread.ofVirtual().start(() -> pump(near, far, false));
        Thread.ofVirtual().start(() -> pump(far, near, true));
      }
    } catch (IOException e) {
      // Closed, or nobody is behind the gate just now.
      if (!door.isClosed()) {
        Thread.ofVirtual().name("gate").start(this::accept);
      }
    }
  }

  private void pump(Socket from, Socket into, boolean answers) {
    byte[] buffer = new byte[64 << 10];
    try (from;
        into) {
      InputStream in = from.getInputStream();
      OutputStream out = into.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (answers && !delay.isZero()) {
          LockSupport.parkNanos(delay.toNanos());
        }
        out.write(buffer, 0, n);
      }
    } catch (IOException e) {
      // Cut.
    } finally {
      open.remove(from);
      open.remove(into);
    }
  }

  private static void quietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed one way or another.
    }
  }

  @Override
  public void close() throws IOException {
    door.close();
    cut();
  }
}
