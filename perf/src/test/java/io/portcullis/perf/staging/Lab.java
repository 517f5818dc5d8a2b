package io.portcullis.perf.staging;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Real clients for the tests of this package: curl, a bare socket, a child JVM.
final class Lab {
  private Lab() {}

  record Output(int exit, String stdout, String stderr) {}

  static Output curl(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("/usr/bin/curl", "-sS", "--max-time", "20"));
    command.addAll(List.of(arguments));
    return run(new ProcessBuilder(command).start());
  }

  static Output run(Process process) throws IOException, InterruptedException {
    byte[] stdout = process.getInputStream().readAllBytes();
    byte[] stderr = process.getErrorStream().readAllBytes();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return new Output(
        process.waitFor(),
        new String(stdout, StandardCharsets.ISO_8859_1),
        new String(stderr, StandardCharsets.UTF_8));
  }

  static Process staging(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                StagingPool.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).start();
  }

  /// Sends bytes as they are, one character each, and returns everything that comes back until the close.
  static String raw(InetSocketAddress to, String request) throws IOException {
    try (Socket socket = new Socket(to.getAddress(), to.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  static String at(InetSocketAddress address) {
    return StagingPool.text(address);
  }
}
