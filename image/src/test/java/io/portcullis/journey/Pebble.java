package io.portcullis.journey;

import io.portcullis.farm.server.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A real ACME authority (Let's Encrypt's own test server) that finds every name on 127.0.0.1, and looks at the ports it is told.
final class Pebble implements AutoCloseable {

  private final Authority authority;
  private final Program names;
  private final Program server;
  private final List<Integer> ports;

  private Pebble(Authority authority, Program names, Program server, List<Integer> ports) {
    this.authority = authority;
    this.names = names;
    this.server = server;
    this.ports = ports;
  }

  /// @param httpPort where it looks for http-01
  /// @param tlsPort where it looks for tls-alpn-01
  static Pebble start(Path parent, int httpPort, int tlsPort) throws Exception {
    Path directory = Files.createDirectories(parent.resolve("pebble"));
    Authority authority = Authority.create(directory, "directory");
    Authority.Issued own = authority.issue("server", "127.0.0.1");
    List<Integer> ports = FreePort.some(4);
    Program names =
        Program.start(
            directory,
            List.of(
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
                "127.0.0.1:" + ports.get(3)));
    Path config =
        Files.writeString(
            directory.resolve("pebble.json"),
            """
            {"pebble": {"listenAddress": "127.0.0.1:%d", "managementListenAddress": "127.0.0.1:%d",
             "certificate": "%s", "privateKey": "%s", "httpPort": %d, "tlsPort": %d,
             "ocspResponderURL": "", "externalAccountBindingRequired": false}}
            """
                .formatted(ports.get(0), ports.get(1), own.chain(), own.key(), httpPort, tlsPort));
    Program server =
        Program.start(
            directory,
            Map.of("PEBBLE_VA_NOSLEEP", "1", "PEBBLE_AUTHZREUSE", "0"),
            List.of(
                "pebble",
                "-strict",
                "-config",
                config.toString(),
                "-dnsserver",
                "127.0.0.1:" + ports.get(2)));
    Pebble pebble = new Pebble(authority, names, server, ports);
    server.awaitLine("ACME directory available");
    return pebble;
  }

  String directory() {
    return "https://127.0.0.1:" + ports.get(0) + "/dir";
  }

  /// The CA of the directory's own certificate.
  Path trust() {
    return authority.trust;
  }

  /// The root of what it issues, as a file.
  Path root(Path file) throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder().sslContext(WireClient.trusting(authority.trust)).build()) {
      String pem =
          client
              .send(
                  HttpRequest.newBuilder(
                          URI.create("https://127.0.0.1:" + ports.get(1) + "/roots/0"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      return Files.writeString(file, pem);
    }
  }

  String output() throws IOException {
    return server.output();
  }

  @Override
  public void close() {
    server.close();
    names.close();
  }
}
