package io.portcullis.farm.ensemble;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.identity.FarmHome;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A coordinator in a process of its own, because ZooKeeper has its settings in system properties: one member a process.
final class CoordinatorProcess implements AutoCloseable {
  private static final Pattern READY = Pattern.compile("coordinator ready farm=\\S+ admin=(\\S+)");

  final String name;
  final Path state;
  private final Process process;
  private final Thread reader;

  @SuppressWarnings("JdkObsolete") // Written by the reader, read by the test: it must synchronise.
  private final StringBuffer output = new StringBuffer();

  private CoordinatorProcess(String name, Path state, Process process) {
    this.name = name;
    this.state = state;
    this.process = process;
    reader = Thread.ofVirtual().name(name + "-output").start(this::read);
  }

  static CoordinatorProcess start(Path directory, String name, String... more) throws IOException {
    Path state = directory.resolve(name);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-Dlogback.configurationFile=ensemble-logback.xml",
            "-cp",
            System.getProperty("java.class.path"),
            "io.portcullis.farm.FarmCoordinator",
            "--state",
            state.toString(),
            "--admin",
            "127.0.0.1:0",
            "--zookeeper",
            "127.0.0.1:0",
            "--quorum",
            "127.0.0.1:0"));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    // A test that fails before it holds its farm leaves nothing behind.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    CoordinatorProcess started = new CoordinatorProcess(name, state, process);
    LastWords.of(started);
    return started;
  }

  private void read() {
    try (InputStream in = process.getInputStream()) {
      byte[] buffer = new byte[8192];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        output.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      output.append("[output ended: ").append(e.getMessage()).append("]\n");
    }
  }

  /// Waits until it serves, and answers where its admin API is.
  String awaitReady() {
    Eventually.until(name + " is ready", () -> READY.matcher(output).find() || !process.isAlive());
    Matcher ready = READY.matcher(output);
    if (!ready.find()) {
      throw new AssertionError(name + " did not get ready:\n" + output);
    }
    return ready.group(1);
  }

  String output() {
    return output.toString();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  FarmHome home() throws IOException {
    return FarmHome.read(state).orElseThrow();
  }

  AdminClient operator() throws AdminException {
    return AdminClient.open(state.resolve("operator.pem"));
  }

  /// Which of the members leads the ensemble now, by its own words.
  boolean leads() {
    int last = -1;
    boolean leading = false;
    Matcher states = Pattern.compile("Peer state changed: (\\w+)").matcher(output);
    while (states.find(last + 1)) {
      last = states.start();
      leading = states.group(1).equals("leading");
    }
    return process.isAlive() && leading;
  }

  void signal(String signal) throws IOException, InterruptedException {
    int code =
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    if (code != 0) {
      throw new AssertionError("kill -" + signal + " of " + name + " gave " + code);
    }
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError(name + " did not end:\n" + output);
    }
    reader.join();
    return process.exitValue();
  }

  void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted while ending " + name, e));
    }
  }

  boolean hasFile(String file) {
    return Files.exists(state.resolve(file));
  }

  @Override
  public void close() {
    kill();
  }
}
