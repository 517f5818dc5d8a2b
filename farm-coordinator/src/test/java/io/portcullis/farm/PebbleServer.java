package io.portcullis.farm;

import io.portcullis.farm.server.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// A real ACME authority (Debian's `pebble`) with a name server that finds every name on 127.0.0.1.
final class PebbleServer implements AutoCloseable {
  private final List<Process> processes = new ArrayList<>();
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final int port;

  private PebbleServer(int port) {
    this.port = port;
  }

  /// @param files its own certificate, as [Bench#files] makes one for 127.0.0.1
  /// @param httpPort where it looks for http-01
  static PebbleServer start(Path parent, Map<String, String> files, int httpPort) throws Exception {
    Path directory = Files.createTempDirectory(parent, "pebble");
    Path chain = Files.writeString(directory.resolve("chain.pem"), files.get("contoso.pem"));
    Path key = Files.writeString(directory.resolve("key.pem"), files.get("contoso.key"));
    List<Integer> ports = FreePort.some(5);
    PebbleServer pebble = new PebbleServer(ports.get(0));
    pebble.run(
        Map.of(),
        "pebble-challtestsrv",
        "-defaultIPv4",
        "127.0.0.1",
        "-defaultIPv6",
        "",
        "-dns01",
        "127.0.0.1:" + ports.get(2),
        "-http01",
        "",
        "-https01",
        "",
        "-tlsalpn01",
        "",
        "-management",
        "127.0.0.1:" + ports.get(3));
    Path config =
        Files.writeString(
            directory.resolve("pebble.json"),
            """
            {"pebble": {"listenAddress": "127.0.0.1:%d", "managementListenAddress": "127.0.0.1:%d",
             "certificate": "%s", "privateKey": "%s", "httpPort": %d, "tlsPort": %d,
             "ocspResponderURL": "", "externalAccountBindingRequired": false}}
            """
                .formatted(ports.get(0), ports.get(1), chain, key, httpPort, ports.get(4)));
    Process server =
        pebble.run(
            Map.of("PEBBLE_VA_NOSLEEP", "1", "PEBBLE_AUTHZREUSE", "0"),
            "pebble",
            "-strict",
            "-config",
            config.toString(),
            "-dnsserver",
            "127.0.0.1:" + ports.get(2));
    Bench.eventually(() -> {
      if (!server.isAlive()) {
        throw new AssertionError("pebble ended: " + pebble.said);
      }
      return pebble.count("ACME directory available") > 0;
    });
    return pebble;
  }

  private Process run(Map<String, String> environment, String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    processes.add(process);
    Thread.ofVirtual()
        .start(() -> {
          try (BufferedReader lines = process.inputReader()) {
            lines.lines().forEach(said::add);
          } catch (IOException e) {
            said.add("output ended: " + e);
          }
        });
    return process;
  }

  String directory() {
    return "https://127.0.0.1:" + port + "/dir";
  }

  /// How many lines of what it printed contain this.
  long count(String words) {
    return said.stream().filter(line -> line.contains(words)).count();
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
