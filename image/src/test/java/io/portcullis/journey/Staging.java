package io.portcullis.journey;

import io.portcullis.farm.server.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;

/// One stand-in Front End as a process of its own, so that it can be killed alone.
final class Staging implements AutoCloseable {

  final String name;
  final int https;
  final int http;
  final Program process;

  private Staging(String name, int https, int http, Program process) {
    this.name = name;
    this.https = https;
    this.http = http;
    this.process = process;
  }

  /// Members in the same directory share the pool's authority, `pool-ca.pem`.
  static Staging start(Path directory, String name) throws IOException {
    List<Integer> ports = FreePort.some(2);
    return start(directory, name, ports.get(0), ports.get(1));
  }

  private static Staging start(Path directory, String name, int https, int http)
      throws IOException {
    Files.createDirectories(directory);
    Program process =
        Program.java(
            directory,
            List.of("-Xmx128m"),
            "io.portcullis.perf.staging.StagingPool",
            "--dir",
            directory.toString(),
            "--member",
            name + "=" + https + ":" + http);
    Matcher line = process.awaitLine("^member \\S+ https=\\S+:(\\d+) http=\\S+:(\\d+)");
    return new Staging(
        name, Integer.parseInt(line.group(1)), Integer.parseInt(line.group(2)), process);
  }

  /// The same member again, on the same ports.
  Staging restart(Path directory) throws IOException {
    return start(directory, name, https, http);
  }

  String yaml() {
    return SingleNode.member(name, https, http);
  }

  @Override
  public void close() {
    process.close();
  }
}
