package io.portcullis.farm.call;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/// A server that says something at once, then a byte now and then for as long as it is let: no read from it takes long.
public final class Dripping implements AutoCloseable {
  /// A record of 16 KB begins (RFC 8446 §5.1).
  public static final String TLS = "\u0016\u0003\u0003?\u00ff";

  private static final int PAUSE_MILLIS = 20;

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
      drip(socket, server);
    } catch (IOException e) {
      // It had enough of us.
    }
  }

  /// A byte whenever the peer was silent for a moment; what it says is not heard.
  public static void drip(Socket socket, ServerSocket server) throws IOException {
    socket.setSoTimeout(PAUSE_MILLIS);
    byte[] ignored = new byte[1024];
    int read = 0;
    while (read >= 0 && !server.isClosed()) {
      try {
        read = socket.getInputStream().read(ignored);
      } catch (SocketTimeoutException e) {
        socket.getOutputStream().write('x');
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
