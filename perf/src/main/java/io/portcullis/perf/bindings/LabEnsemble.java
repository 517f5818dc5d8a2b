package io.portcullis.perf.bindings;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.membership.Join;
import io.portcullis.farm.membership.JoinFailed;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Coordinators as a farm has them, each a process on free ports of the loopback, grown one by one with tokens.
final class LabEnsemble implements AutoCloseable {
  private static final String READY = "coordinator ready ";
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(120);
  private static final long TOKEN_SECONDS = 600;
  private static final long STOP_SECONDS = 10;

  private final Path directory;
  private final List<Process> processes = new ArrayList<>();

  private LabEnsemble(Path directory) {
    this.directory = directory;
  }

  static LabEnsemble start(Path directory, int coordinators)
      throws IOException, AdminException, InterruptedException {
    LabEnsemble lab = new LabEnsemble(directory);
    try {
      lab.add("c1", "--farm", "lab");
      for (int number = 2; number <= coordinators; number++) {
        lab.add("c" + number, "--name", "c" + number, "--join", lab.token("coordinator"));
      }
      return lab;
    } catch (IOException | AdminException | RuntimeException e) {
      lab.close();
      throw e;
    }
  }

  private void add(String name, String... more) throws IOException, InterruptedException {
    Path log = directory.resolve(name + ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            // Its counters, for who measures it; a coordinator of a farm does not tell them.
            "-Dzookeeper.4lw.commands.whitelist=mntr",
            "-cp",
            System.getProperty("java.class.path"),
            "io.portcullis.farm.FarmCoordinator",
            "--state",
            directory.resolve(name).toString(),
            "--admin",
            "127.0.0.1:0",
            "--zookeeper",
            "127.0.0.1:0",
            "--quorum",
            "127.0.0.1:0"));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(log.toFile())
            .start();
    processes.add(process);
    long deadline = System.nanoTime() + START_NANOS;
    while (!Files.readString(log).contains(READY)) {
      if (!process.isAlive() || System.nanoTime() - deadline > 0) {
        throw new IOException("coordinator " + name + " did not get ready, see " + log);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private String token(String role) throws AdminException {
    try (AdminClient operator = AdminClient.open(directory.resolve("c1/operator.pem"))) {
      return operator.createToken(new Wire.TokenRequest(role, TOKEN_SECONDS)).token();
    }
  }

  /// Lets a node in.
  FarmHome node(String name) throws AdminException, JoinFailed {
    return Join.node(directory.resolve(name), token("node"), name);
  }

  @Override
  public void close() {
    processes.forEach(Process::destroy);
    for (Process process : processes) {
      try {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        process.destroyForcibly();
      }
    }
  }
}
