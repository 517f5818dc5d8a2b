package io.portcullis.journey;

import io.portcullis.farm.server.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// One node that runs from a file in front of members given as document text, as nginx would.
final class SingleNode implements AutoCloseable {

  static final String PUBLIC_NAME = "webext01.contoso.com";

  final Program process;
  final Path publicTrust;
  final Path document;
  final int https;
  final int http;

  private SingleNode(Program process, Path publicTrust, Path document) {
    this.process = process;
    this.publicTrust = publicTrust;
    this.document = document;
    this.https = Farm.port(process, "https");
    this.http = Farm.port(process, "http");
  }

  /// @param members YAML flow sequence of members
  /// @param poolTrust PEM bundle of the members' authority
  static SingleNode start(Path directory, String members, Path poolTrust, String... heap)
      throws Exception {
    Authority authority = Authority.create(directory, "public").intermediate("issuing");
    Authority.Issued certificate =
        authority.issue("contoso", PUBLIC_NAME, "meet.contoso.com", "127.0.0.1");
    Path document = directory.resolve("node.yaml");
    Files.writeString(document, documentText(certificate, members, poolTrust));
    List<String> flags =
        new ArrayList<>(List.of(heap.length == 0 ? new String[] {"-Xmx256m"} : heap));
    flags.add("-Dio.netty.leakDetection.level=paranoid");
    Program process =
        Program.java(
            directory,
            flags,
            "io.portcullis.proxy.ProxyNode",
            "run",
            "--file",
            document.toString(),
            "--drain-seconds",
            "3");
    return new SingleNode(process, authority.trust, document);
  }

  static String documentText(Authority.Issued certificate, String members, Path poolTrust)
      throws IOException {
    return """
    farm: alone
    listeners:
      - {name: https, bind: "127.0.0.1:%s", tls: {certificates: [contoso]}}
      - {name: http, bind: "127.0.0.1:0"}
    certificates:
      - {name: contoso, chainFile: %s, keyFile: %s}
    pools:
      - name: pool01
        members: %s
        bridging: {https: 4443, http: 8080}
        tls: {serverName: pool01.contoso.local, trustFile: %s}
    rules:
      - {name: web, listener: https, publicNames: [%s, 127.0.0.1], paths: [/], pool: pool01}
      - {name: discovery, listener: http, publicNames: [lyncdiscover.contoso.com], paths: [/], pool: pool01}
      - {name: to-https, listener: http, publicNames: [%s], redirect: https}
    """
        .formatted(
            FreePort.one(),
            certificate.chain(),
            certificate.key(),
            members,
            poolTrust,
            PUBLIC_NAME,
            PUBLIC_NAME);
  }

  /// The command line of a real curl that asks this node for a path, verifying its certificate; more may be appended.
  List<String> curl(String path) {
    return new ArrayList<>(
        List.of(
            "curl",
            "-sS",
            "--max-time",
            "120",
            "--path-as-is",
            "--http1.1",
            "--cacert",
            publicTrust.toString(),
            "--resolve",
            PUBLIC_NAME + ":" + https + ":127.0.0.1",
            path.startsWith("https:") ? path : "https://" + PUBLIC_NAME + ":" + https + path));
  }

  static String member(String name, int httpsPort, int httpPort) {
    return "{host: %s, address: 127.0.0.1, bridging: {https: %s, http: %s}}"
        .formatted(name, httpsPort, httpPort);
  }

  @Override
  public void close() {
    process.close();
  }
}
