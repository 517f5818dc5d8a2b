package io.portcullis.perf.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// The running processes, in the order they were started; they are stopped in the opposite order.
///
/// Which ones run is also on disk, so that what a killed demo left behind is found and ended by the next one.
/// Every method may be called from any thread: the end can come by signal at any moment of the start.
final class Children {

  /// Nodes may finish exchanges for a few seconds; beyond this a process is stuck.
  private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

  private final Path register;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Child> running = new ArrayList<>();
  private volatile boolean stopping;

  Children(Path register) {
    this.register = register;
  }

  Child start(Child.Program program) throws DemoFailure {
    lock.lock();
    try {
      if (stopping) {
        throw new DemoFailure("stopped before " + program.name() + " was started");
      }
      Child child = program.start();
      running.removeIf(other -> other.name().equals(program.name()));
      running.add(child);
      writeRegister();
      return child;
    } finally {
      lock.unlock();
    }
  }

  boolean isStopping() {
    return stopping;
  }

  List<Child> all() {
    lock.lock();
    try {
      return List.copyOf(running);
    } finally {
      lock.unlock();
    }
  }

  /// Fails if any process has ended, which none may before it is told to.
  void requireAlive() throws DemoFailure {
    for (Child child : all()) {
      if (!child.isAlive() && !stopping) {
        throw DemoFailure.of(child.name() + " ended with exit code " + child.exitCode(), child);
      }
    }
  }

  /// Stops the nodes together, then the members, then the coordinator: each while what it relies on still runs.
  ///
  /// @return what had to be killed
  List<String> stop() {
    stopping = true;
    lock.lock();
    try {
      List<String> killed = new ArrayList<>();
      for (String kind : List.of("node", "fe", "coordinator")) {
        List<Child> group =
            running.stream().filter(child -> child.name().startsWith(kind)).toList();
        group.forEach(Child::terminate);
        for (Child child : group) {
          if (!child.awaitEnd(STOP_LIMIT)) {
            killed.add(child.name());
          }
        }
      }
      running.clear();
      Files.deleteIfExists(register);
      return killed;
    } catch (IOException e) {
      // The register only speaks of processes that no longer run; the next start sees that for
      // itself.
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  private void writeRegister() throws DemoFailure {
    List<String> lines = new ArrayList<>();
    for (Child child : running) {
      child
          .startedAt()
          .ifPresent(at -> lines.add(child.name() + " " + child.pid() + " " + at.toEpochMilli()));
    }
    try {
      Files.write(register, lines);
    } catch (IOException e) {
      throw new DemoFailure("cannot write " + register + ": " + e.getMessage(), e);
    }
  }

  /// Ends processes of an earlier demo that was killed before it could stop them: same pid and same moment of start.
  ///
  /// @return their names
  static List<String> endLeftovers(Path register) throws IOException {
    List<String> ended = new ArrayList<>();
    if (!Files.exists(register)) {
      return ended;
    }
    for (String line : Files.readAllLines(register)) {
      String[] words = line.split(" ");
      if (words.length != 3 || !words[1].matches("[0-9]+") || !words[2].matches("[0-9]+")) {
        continue;
      }
      Instant started = Instant.ofEpochMilli(Long.parseLong(words[2]));
      ProcessHandle.of(Long.parseLong(words[1]))
          .filter(handle -> handle.info().startInstant().equals(java.util.Optional.of(started)))
          .ifPresent(handle -> {
            handle.destroyForcibly();
            handle.onExit().join();
            ended.add(words[0]);
          });
    }
    Files.delete(register);
    return ended;
  }
}
