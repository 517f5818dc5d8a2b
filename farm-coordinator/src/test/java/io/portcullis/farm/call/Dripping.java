package io.portcullis.farm.call;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// A server that says something at once, then a byte now and then for as long as it is let: no read from it takes long.
public final class Dripping implements AutoCloseable {
  /// A record of 16 KB begins (RFC 8446 §5.1).
  public static final String TLS = "\u0016\u0003\u0003?\u00ff";

  private static final Duration PAUSE = Duration.ofMillis(20);

  private final ServerSocket server;
  private final byte[] first;

  /// @param first each character a byte
  public Dripping(String first) throws IOException {
    this.first = first.getBytes(StandardCharsets.ISO_8859_1);
    server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  public InetSocketAddress at() {
    return (InetSocketAddress) server.getLocalSocketAddress();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> drip(socket));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void drip(Socket socket) {
    try (socket) {
      socket.getOutputStream().write(first);
      while (!server.isClosed()) {
        Thread.sleep(PAUSE);
        socket.getOutputStream().write('x');
      }
    } catch (IOException | InterruptedException e) {
      // It had enough of us.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
