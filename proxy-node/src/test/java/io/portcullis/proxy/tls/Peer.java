package io.portcullis.proxy.tls;

import io.portcullis.proxy.Eventually;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// A server of somebody else's making, as a process.
final class Peer implements Closeable {

  private final Process process;
  private final List<String> said = new CopyOnWriteArrayList<>();

  /// Starts it and waits until it accepts.
  Peer(int port, String... command) throws IOException {
    this(command);
    Eventually.eventually(command[0] + " accepts on " + port, () -> accepts("127.0.0.1", port));
  }

  Peer(String... command) throws IOException {
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Thread.ofVirtual().start(this::collect);
  }

  private void collect() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.add(line);
      }
    } catch (IOException _) {
      // It has ended.
    }
  }

  static boolean accepts(String address, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), 1000);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /// Waits until it has printed a line that contains `text`.
  void said(String text) {
    Eventually.eventually(
        text + " in " + said, () -> said.stream().anyMatch(line -> line.contains(text)));
  }

  /// Types into it.
  void type(String text) throws IOException {
    process.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    process.getOutputStream().flush();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
