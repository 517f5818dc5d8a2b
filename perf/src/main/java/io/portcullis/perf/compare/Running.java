package io.portcullis.perf.compare;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A contender as processes, pinned to one CPU; what it says goes to a log. Closing ends it and nothing else.
final class Running implements AutoCloseable {

  /// A JVM on a busy machine takes seconds to listen; a minute means that it never will.
  private static final int READY_SECONDS = 60;

  private static final int STOP_SECONDS = 10;
  private static final long POLL_MILLIS = 50;
  private static final List<String> PLACES = List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin");

  private final Contender contender;
  private final Process process;

  private Running(Contender contender, Process process) {
    this.contender = contender;
    this.process = process;
  }

  /// @param cpu the only one it may use; negative leaves it free
  static Running start(Contender contender, Bench bench, int cpu)
      throws IOException, InterruptedException {
    Path log = bench.file(contender.name() + ".out");
    List<String> command = new ArrayList<>();
    if (cpu >= 0) {
      command.addAll(List.of(find("taskset", "util-linux"), "-c", Integer.toString(cpu)));
    }
    command.addAll(contender.command());
    int program = command.size() - contender.command().size();
    command.set(program, find(command.get(program), command.get(program)));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(log.toFile())
            .start();
    Running running = new Running(contender, process);
    try {
      running.awaitPort(contender.https(), log);
      running.awaitPort(contender.http(), log);
    } catch (IOException | InterruptedException e) {
      running.close();
      throw e;
    }
    return running;
  }

  /// nginx and HAProxy lie where an ordinary user's PATH does not look.
  static String find(String program, String debianPackage) throws IOException {
    if (program.startsWith("/")) {
      return program;
    }
    for (String place : PLACES) {
      if (Files.isExecutable(Path.of(place, program))) {
        return place + "/" + program;
      }
    }
    throw new IOException(
        "there is no %s here; install it (Debian: apt-get install %s)"
            .formatted(program, debianPackage));
  }

  private void awaitPort(int port, Path log) throws IOException, InterruptedException {
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (!accepts(port)) {
      if (!process.isAlive() || System.nanoTime() > limit) {
        throw new IOException(
            "%s does not listen on %d; it said:%n%s"
                .formatted(contender.name(), port, Files.readString(log).strip()));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  Contender contender() {
    return contender;
  }

  /// CPU time used so far by all its processes, in seconds (user and system; every thread, compiler and collector included).
  double cpuSeconds() throws IOException {
    double sum = 0;
    for (long pid : pids()) {
      sum += ProcStat.cpuSeconds(pid);
    }
    return sum;
  }

  /// Resident memory of all its processes, in bytes.
  long residentBytes() throws IOException {
    long sum = 0;
    for (long pid : pids()) {
      sum += ProcStat.residentBytes(pid);
    }
    return sum;
  }

  private List<Long> pids() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .map(ProcessHandle::pid)
        .toList();
  }

  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    children.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
  }
}
