package io.portcullis.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A network of machines that are namespaces of this one: one switch, each with a cable. Every namespace lives as long as a process that
/// this test holds by its standard input, so nothing outlives the test, however it ends. Needs root.
final class Lan implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final long LOOK_EVERY_NANOS = 50_000_000;

  private final Deque<Process> started = new ArrayDeque<>();
  private final Host bridge;
  private int hosts;

  Lan() throws IOException, InterruptedException {
    assertThat(System.getProperty("user.name"))
        .as("this test makes network namespaces: run it as root")
        .isEqualTo("root");
    bridge = new Host("switch");
    bridge.run("ip", "link", "add", "br0", "type", "bridge");
    bridge.run("ip", "link", "set", "br0", "up");
  }

  /// A machine on the switch.
  Host host(String name, String address) throws IOException, InterruptedException {
    Host host = new Host(name);
    String port = "p" + hosts++;
    host.port = port;
    bridge.run(
        "ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", host.pid());
    bridge.run("ip", "link", "set", port, "master", "br0", "up");
    host.run("ip", "address", "add", address, "dev", "eth0");
    host.run("ip", "link", "set", "eth0", "up");
    return host;
  }

  void unplug(Host host) throws IOException, InterruptedException {
    bridge.run("ip", "link", "set", host.port, "down");
  }

  void plug(Host host) throws IOException, InterruptedException {
    bridge.run("ip", "link", "set", host.port, "up");
  }

  static void eventually(String what, Callable<Boolean> holds) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!holds.call()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within " + PATIENCE + ": " + what);
      }
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
    }
  }

  /// With a file system of its own on `/mnt`, which only root can write, as keepalived wants it for programs.
  final class Host {

    private final String name;
    private final Process holder;
    private String port = "";

    private Host(String name) throws IOException {
      this.name = name;
      String script =
          "ip link set lo up && mount -t tmpfs -o mode=755 tmpfs /mnt && echo up && exec cat";
      holder = new ProcessBuilder("unshare", "--net", "--mount", "sh", "-c", script).start();
      started.push(holder);
      BufferedReader said = holder.inputReader(StandardCharsets.UTF_8);
      assertThat(said.readLine()).as("the namespace of " + name).isEqualTo("up");
    }

    private String pid() {
      return Long.toString(holder.pid());
    }

    private ProcessBuilder inside(String... command) {
      List<String> all = new ArrayList<>(List.of("nsenter", "-t", pid(), "-n", "-m", "--"));
      all.addAll(List.of(command));
      return new ProcessBuilder(all).redirectErrorStream(true);
    }

    /// @return what it printed
    String run(String... command) throws IOException, InterruptedException {
      Process process = inside(command).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as("%s on %s: %s", List.of(command), name, output).isZero();
      return output;
    }

    /// A program that runs until the network is closed.
    Process start(java.nio.file.Path log, String... command) throws IOException {
      Process process =
          inside(command).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
      process.getOutputStream().close();
      started.push(process);
      return process;
    }

    boolean has(String address) throws IOException, InterruptedException {
      return run("ip", "-o", "address", "show", "dev", "eth0").contains(" " + address + " ");
    }

    String mac() throws IOException, InterruptedException {
      return run("ip", "-o", "link", "show", "eth0")
          .replaceAll("(?s).*link/ether ([0-9a-f:]+).*", "$1");
    }
  }

  @Override
  public void close() {
    for (Process process : started) {
      try {
        process.getOutputStream().close();
      } catch (IOException e) {
        // It has ended already.
      }
      process.destroy();
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new UncheckedIOException(new IOException("interrupted", e));
      }
    }
  }
}
