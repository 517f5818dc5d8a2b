package io.portcullis.proxy.engine;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A pool member whose every connection follows a script.
final class ScriptedMember implements Closeable {

  /// What one connection does.
  interface Script {
    void run(Wire connection, int number) throws IOException;
  }

  private final ServerSocket server;
  private final Script script;
  private final AtomicInteger connections = new AtomicInteger();
  private final List<Wire> open = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  ScriptedMember(Script script) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
  }

  ScriptedMember(ServerSocket server, Script script) {
    this.server = server;
    this.script = script;
    Thread.ofVirtual().start(this::accept);
  }

  /// Answers every request with 200 and the head it received as the body, and keeps the connection.
  static ScriptedMember echo() throws IOException {
    return new ScriptedMember(ScriptedMember::echo);
  }

  static void echo(Wire connection, int number) throws IOException {
    while (true) {
      Wire.Message request = connection.read();
      String body = "connection " + number + "\n" + request.head() + request.body();
      connection.send(
          "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\nX-Kept: as Is\r\n\r\n");
      connection.send(body);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> run(socket));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void run(Socket socket) {
    try (Wire wire = new Wire(socket)) {
      open.add(wire);
      try {
        script.run(wire, connections.incrementAndGet());
      } finally {
        // Its buffer is of 64 KB, and a day has many thousand connections.
        open.remove(wire);
      }
    } catch (IOException _) {
      // The other side closed: the script is over.
    }
  }

  /// For scripts: notes what arrived.
  void note(String request) {
    requests.add(request);
  }

  List<String> requests() {
    return requests;
  }

  int port() {
    return server.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Wire wire : open) {
      wire.close();
    }
  }
}
