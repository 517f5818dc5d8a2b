package io.portcullis.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.server.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A farm as an operator would have it, in one directory: a coordinator, nodes that joined by token, `farmctl` beside them.
final class Farm implements AutoCloseable {

  final Path directory;
  final Path operator;
  private final int adminPort;
  private final int zooKeeperPort;
  private final List<Program> nodes = new ArrayList<>();
  private final List<Program> others = new ArrayList<>();
  private Program coordinator;

  private Farm(Path directory) throws IOException {
    this.directory = directory;
    this.operator = directory.resolve("coordinator/operator.pem");
    List<Integer> ports = FreePort.some(2);
    this.adminPort = ports.get(0);
    this.zooKeeperPort = ports.get(1);
    this.coordinator = startCoordinator();
  }

  static Farm in(Path directory) throws IOException {
    return new Farm(directory);
  }

  Program startCoordinator() throws IOException {
    coordinator =
        Program.java(
            directory,
            List.of("-Xmx256m"),
            "io.portcullis.farm.FarmCoordinator",
            "--state",
            directory.resolve("coordinator").toString(),
            "--farm",
            "contoso-edge",
            "--admin",
            "127.0.0.1:" + adminPort,
            "--zookeeper",
            "127.0.0.1:" + zooKeeperPort,
            "--quorum",
            "127.0.0.1:0");
    coordinator.awaitLine("^coordinator ready farm=contoso-edge");
    return coordinator;
  }

  /// One more coordinator, that joins with a token the first time.
  Program startCoordinator(String name, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--state",
                directory.resolve(name).toString(),
                "--admin",
                "127.0.0.1:0",
                "--zookeeper",
                "127.0.0.1:0",
                "--quorum",
                "127.0.0.1:0"));
    arguments.addAll(List.of(more));
    Program program =
        Program.java(
            directory,
            List.of("-Xmx256m"),
            "io.portcullis.farm.FarmCoordinator",
            arguments.toArray(String[]::new));
    others.add(program);
    return program;
  }

  Program joinCoordinator(String name) throws Exception {
    Program token = ctl("token", "create", "--role", "coordinator");
    assertThat(token.exitCode()).as(token.output()).isZero();
    Program program =
        startCoordinator(
            name, "--name", name, "--join", token.awaitLine("(portcullis1\\.\\S+)").group(1));
    program.awaitLine("^coordinator ready farm=contoso-edge");
    return program;
  }

  Program coordinator() {
    return coordinator;
  }

  /// Starts a node that joins with a fresh token; its listeners take free ports of 127.0.0.1.
  Program joinNode(String name) throws Exception {
    Program token = ctl("token", "create", "--role", "node");
    assertThat(token.exitCode()).as(token.output()).isZero();
    return startNode(name, "--join", token.awaitLine("(portcullis1\\.\\S+)").group(1));
  }

  Program startNode(String name, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "run",
                "--state",
                directory.resolve(name).toString(),
                "--name",
                name,
                "--listen",
                "https=127.0.0.1:" + FreePort.one(),
                "--listen",
                "http=127.0.0.1:0",
                "--drain-seconds",
                "3"));
    arguments.addAll(List.of(more));
    Program node =
        Program.java(
            directory,
            List.of("-Xmx256m"),
            "io.portcullis.proxy.ProxyNode",
            arguments.toArray(String[]::new));
    nodes.add(node);
    return node;
  }

  /// Runs `farmctl` with the operator's identity, to its end.
  Program ctl(String... arguments) throws Exception {
    return ctlFrom(directory, arguments);
  }

  Program ctlFrom(Path workingDirectory, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--identity", operator.toString()));
    Program program =
        Program.java(
            workingDirectory,
            List.of("-Xmx128m"),
            "io.portcullis.farm.FarmCtl",
            all.toArray(String[]::new));
    program.exitCode();
    return program;
  }

  /// Writes the document beside its files and applies it; the output is shown when it is refused.
  Program apply(String document) throws Exception {
    Path file = Files.writeString(directory.resolve("farm.yaml"), document);
    Program applied = ctl("apply", file.toString());
    assertThat(applied.exitCode()).as(applied.output()).isZero();
    return applied;
  }

  static int port(Program node, String listener) {
    return Integer.parseInt(
        node.awaitLine("^listening " + listener + " 127\\.0\\.0\\.1:(\\d+)").group(1));
  }

  @Override
  public void close() {
    nodes.forEach(Program::close);
    others.forEach(Program::kill);
    coordinator.close();
  }
}
