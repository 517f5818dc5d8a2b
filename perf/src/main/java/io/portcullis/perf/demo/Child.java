package io.portcullis.perf.demo;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// A Portcullis program as a JVM of its own, from the class path this one runs on; what it says goes to a log file.
final class Child {

  /// A JVM on a busy machine of two cores takes seconds to start; a minute means that it never will.
  static final Duration READY_LIMIT = Duration.ofSeconds(60);

  private static final int LAST_LINES = 12;
  private static final int TAIL_BYTES = 16 * 1024;
  private static final long POLL_NANOS = 20_000_000;

  /// What a program is started with; restarting takes the same again.
  ///
  /// @param jvmFlags beside those every Portcullis JVM has
  record Program(String name, Path log, List<String> jvmFlags, String main, List<String> args) {
    Program {
      jvmFlags = List.copyOf(jvmFlags);
      args = List.copyOf(args);
    }

    Child start() throws DemoFailure {
      try {
        Files.createDirectories(log.toAbsolutePath().getParent());
        long logStart = Files.exists(log) ? Files.size(log) : 0;
        Process process =
            new ProcessBuilder(command())
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        return new Child(this, process, logStart);
      } catch (IOException e) {
        throw new DemoFailure("cannot start " + name + ": " + e.getMessage(), e);
      }
    }

    private List<String> command() {
      List<String> command = new ArrayList<>();
      // A session of its own keeps Ctrl-C on the terminal away from it: the demo stops its children
      // in order.
      ownSession().ifPresent(command::add);
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
      command.add("-XX:+UseCompactObjectHeaders");
      command.addAll(jvmFlags);
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
      command.addAll(args);
      return command;
    }

    private static Optional<String> ownSession() {
      return Stream.of("/usr/bin/setsid", "/bin/setsid")
          .filter(path -> Files.isExecutable(Path.of(path)))
          .findFirst();
    }
  }

  private final Program program;
  private final Process process;
  private final long logStart;

  private Child(Program program, Process process, long logStart) {
    this.program = program;
    this.process = process;
    this.logStart = logStart;
  }

  String name() {
    return program.name();
  }

  Program program() {
    return program;
  }

  long pid() {
    return process.pid();
  }

  Optional<Instant> startedAt() {
    return process.info().startInstant();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  int exitCode() {
    return process.exitValue();
  }

  /// Waits until a line that begins with `prefix` is said.
  String awaitLine(String prefix) throws DemoFailure {
    Instant deadline = Instant.now().plus(READY_LIMIT);
    while (true) {
      boolean alive = process.isAlive();
      for (String line : said()) {
        if (line.startsWith(prefix)) {
          return line;
        }
      }
      if (!alive) {
        throw DemoFailure.of(name() + " ended with exit code " + exitCode(), this);
      }
      if (Instant.now().isAfter(deadline)) {
        throw DemoFailure.of(
            name() + " did not say \"" + prefix + "\" within " + READY_LIMIT.toSeconds() + " s",
            this);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /// Where the log is, and how it ends.
  String lastWords() {
    List<String> lines;
    try {
      lines = said();
    } catch (DemoFailure e) {
      return String.valueOf(e.getMessage());
    }
    StringBuilder words = new StringBuilder("log: " + program.log());
    for (String line : lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())) {
      words.append("\n  | ").append(line);
    }
    return words.toString();
  }

  void terminate() {
    process.destroy();
  }

  /// As a machine that loses power: nothing is finished.
  void kill() {
    process.destroyForcibly();
  }

  /// Waits for the end; kills what does not come to one.
  ///
  /// @return whether it ended by itself
  boolean awaitEnd(Duration limit) {
    try {
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    return false;
  }

  /// The complete lines of the log since this start, at most the last few kilobytes.
  private List<String> said() throws DemoFailure {
    try (RandomAccessFile file = new RandomAccessFile(program.log().toFile(), "r")) {
      long from = Math.max(logStart, file.length() - TAIL_BYTES);
      byte[] tail = new byte[(int) (file.length() - from)];
      file.seek(from);
      file.readFully(tail);
      String text = new String(tail, StandardCharsets.UTF_8);
      return process.isAlive()
          ? text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()
          : text.lines().toList();
    } catch (IOException e) {
      throw new DemoFailure("cannot read " + program.log() + ": " + e.getMessage(), e);
    }
  }
}
