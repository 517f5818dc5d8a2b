package io.portcullis.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The node's pages beside clients that want too much. The JDK reads its limits once per process, so this listener has a process of its own.
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AdminListenerTest {

  /// Opens a listener with a page that no socket takes at once, prints its port, and serves until its input ends.
  static final class Listening {
    public static void main(String[] args) throws IOException {
      Map<String, AdminListener.Page> pages =
          Map.of(
              "/big", _ -> AdminListener.Reply.text(200, "x".repeat(32 << 20)),
              "/small", _ -> AdminListener.Reply.text(200, "here"));
      try (AdminListener listener =
          AdminListener.open(new InetSocketAddress("127.0.0.1", 0), pages)) {
        System.out.println(listener.address().getPort());
        while (System.in.read() >= 0) {
          // Nothing is said.
        }
      }
    }
  }

  private static final class Node implements AutoCloseable {
    private final Process process;
    private final int port;

    Node(String... options) throws IOException {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of(options));
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add(Listening.class.getName());
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      port = Integer.parseInt(process.inputReader(StandardCharsets.UTF_8).readLine().trim());
    }

    Socket connect() throws IOException {
      Socket socket = new Socket();
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress("127.0.0.1", port));
      return socket;
    }

    void assertServes() throws IOException {
      try (Socket socket = connect()) {
        AdminListenerTest.assertServes(socket);
      }
    }

    @Override
    public void close() throws IOException {
      process.getOutputStream().close();
      process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
    }
  }

  private static void assertServes(Socket socket) throws IOException {
    say(socket, "GET /small HTTP/1.1\r\nHost: node\r\n\r\n");
    assertThat(new String(socket.getInputStream().readNBytes(15), StandardCharsets.US_ASCII))
        .isEqualTo("HTTP/1.1 200 OK");
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void waitForTheEnd(Socket socket) {
    try {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // Reset: ended too.
    }
  }

  @Test
  void whoStallsIsCutOffAndNobodyWaits() throws Exception {
    try (Node node =
            new Node("-Dsun.net.httpserver.maxReqTime=1", "-Dsun.net.httpserver.maxRspTime=1");
        Socket deaf = node.connect();
        Socket slow = node.connect()) {
      for (int i = 0; i < 10; i++) {
        say(deaf, "GET /big HTTP/1.1\r\nHost: node\r\n\r\n");
      }
      say(slow, "GET /sm");
      waitForTheEnd(slow);
      node.assertServes();
      while (isTaken(deaf)) {
        node.assertServes();
      }
    }
  }

  private static boolean isTaken(Socket socket) {
    try {
      say(socket, "GET /small HTTP/1.1\r\nHost: node\r\n\r\n");
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void moreConnectionsThanTheBoundAreClosedAtOnce() throws Exception {
    List<Socket> held = new ArrayList<>();
    try (Node node = new Node()) {
      for (int i = 0; i < AdminListener.MAX_CONNECTIONS; i++) {
        held.add(node.connect());
      }
      try (Socket beyond = node.connect()) {
        waitForTheEnd(beyond);
      }
      assertServes(held.getFirst()); // which idled longer
      for (Socket socket : held) {
        socket.close();
      }
      held.clear();
      boolean served = false;
      while (!served) {
        served = serves(node);
      }
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }

  private static boolean serves(Node node) {
    try {
      node.assertServes();
      return true;
    } catch (IOException | AssertionError e) {
      return false;
    }
  }
}
