package io.portcullis.journey;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;

/// A coordinator, two nodes and a Lync pool of two stand-in Front Ends, published.
final class PublishedFarm implements AutoCloseable {

  static final String MEET = "meet.contoso.com";

  final Farm farm;
  final Program node1;
  final Program node2;
  final Staging fe1;
  final Staging fe2;
  final SSLContext trust;
  private final Authority.Issued certificate;

  private PublishedFarm(
      Farm farm,
      Program node1,
      Program node2,
      Staging fe1,
      Staging fe2,
      SSLContext trust,
      Authority.Issued certificate) {
    this.farm = farm;
    this.node1 = node1;
    this.node2 = node2;
    this.fe1 = fe1;
    this.fe2 = fe2;
    this.trust = trust;
    this.certificate = certificate;
  }

  static PublishedFarm in(Path directory) throws Exception {
    Farm farm = Farm.in(directory);
    Staging fe1 = Staging.start(directory.resolve("pool"), "fe1.contoso.local");
    Staging fe2 = Staging.start(directory.resolve("pool"), "fe2.contoso.local");
    Program node1 = farm.joinNode("node-1");
    Program node2 = farm.joinNode("node-2");
    Authority authority = Authority.create(directory, "public");
    Authority.Issued certificate =
        authority.issue(
            "contoso",
            "webext01.contoso.com",
            "*.contoso.com",
            MEET,
            "meet.fabrikam.com",
            "dialin.contoso.com",
            "lyncdiscover.contoso.com",
            "lyncdiscover.fabrikam.com");
    PublishedFarm published =
        new PublishedFarm(
            farm, node1, node2, fe1, fe2, WireClient.trusting(authority.trust), certificate);
    farm.apply(published.document());
    node1.awaitLine("^listening https ");
    node2.awaitLine("^listening https ");
    return published;
  }

  /// The topology, with more meet names when given, so that a second revision can differ from the first.
  String document(String... moreMeetings) {
    List<String> meetings = new ArrayList<>(List.of(MEET, "meet.fabrikam.com"));
    meetings.addAll(List.of(moreMeetings));
    return """
    farm: contoso-edge
    listeners:
      - {name: https, bind: "127.0.0.1:443", tls: {certificates: [contoso]}}
      - {name: http, bind: "127.0.0.1:80"}
    certificates:
      - {name: contoso, chainFile: %s, keyFile: %s}
    lync:
      version: 2013
      sipDomains: [contoso.com, fabrikam.com]
      pools:
        - name: pool01
          externalFqdn: webext01.contoso.com
          members: [%s, %s]
          tls: {serverName: pool01.contoso.local, trustFile: pool/pool-ca.pem}
      simpleUrls: {meet: [%s], dialin: dialin.contoso.com}
      httpAutodiscover: true
    """
        .formatted(
            certificate.chain(),
            certificate.key(),
            fe1.yaml(),
            fe2.yaml(),
            String.join(", ", meetings));
  }

  int httpsOf(Program node) {
    return Farm.port(node, "https");
  }

  WireClient connect(Program node, String name) throws Exception {
    return WireClient.tls(trust, name, httpsOf(node));
  }

  /// The member that answers this machine's source address through a node.
  String memberThrough(Program node) throws Exception {
    try (WireClient client = connect(node, MEET)) {
      return client.request(MEET, "/", "Accept: application/json").text();
    }
  }

  @Override
  public void close() {
    farm.close();
    fe1.close();
    fe2.close();
  }
}
