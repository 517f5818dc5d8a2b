package io.portcullis.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A child process with its output at hand. Closing it ends it, by its own pid.
final class Program implements AutoCloseable {

  /// Generous: the machines are small and noisy, and waiting ends as soon as the awaited thing is seen.
  static final Duration PATIENCE = Duration.ofSeconds(90);

  private final String name;
  private final Process process;

  @SuppressWarnings("JdkObsolete") // Written by the reader, read by the test: it must synchronise.
  private final StringBuffer output = new StringBuffer();

  private final Thread reader;

  private Program(String name, Process process) {
    this.name = name;
    this.process = process;
    this.reader = Thread.ofVirtual().name(name + "-output").start(this::read);
  }

  static Program start(Path directory, List<String> command) throws IOException {
    return start(directory, Map.of(), command);
  }

  static Program start(Path directory, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    return new Program(
        String.join(" ", command.subList(Math.max(0, command.size() - 4), command.size())),
        process);
  }

  /// One of our mains as a JVM of its own, from the jars the appliance ships.
  static Program java(Path directory, List<String> flags, String main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1"));
    command.addAll(flags);
    command.addAll(List.of("-cp", Path.of("target/portcullis/lib").toAbsolutePath() + "/*", main));
    command.addAll(List.of(arguments));
    return start(directory, command);
  }

  /// Runs to its end.
  static Program finished(Path directory, List<String> command) throws Exception {
    Program program = start(directory, command);
    program.exitCode();
    return program;
  }

  private void read() {
    try (InputStream in = process.getInputStream()) {
      byte[] buffer = new byte[8192];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        output.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // The stream of a killed process may end this way; what was read until then stands.
      output.append("[output ended: ").append(e.getMessage()).append("]\n");
    }
  }

  String output() {
    return output.toString();
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// Waits for a line that matches, and answers its groups.
  Matcher awaitLine(String regex) {
    Pattern pattern = Pattern.compile(regex, Pattern.MULTILINE);
    Eventually.until(
        name + " prints " + regex,
        () -> pattern.matcher(output).find() || !process.isAlive() && !reader.isAlive());
    Matcher found = pattern.matcher(output.toString());
    assertThat(found.find()).as("%s prints %s; it printed:%n%s", name, regex, output).isTrue();
    return found;
  }

  int count(String text) {
    return output.toString().split(Pattern.quote(text), -1).length - 1;
  }

  void signal(String signal) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).start().waitFor())
        .as("kill -%s of %s", signal, name)
        .isZero();
  }

  int exitCode() throws InterruptedException {
    return exitCode(PATIENCE.multipliedBy(2));
  }

  int exitCode(Duration patience) throws InterruptedException {
    if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(name + " did not end; it printed:\n" + output);
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

  @Override
  public void close() {
    if (!process.isAlive()) {
      return;
    }
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
