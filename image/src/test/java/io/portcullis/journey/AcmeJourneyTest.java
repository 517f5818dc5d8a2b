package io.portcullis.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A farm that orders its certificates from a real ACME authority: the leader orders, the nodes prove, and all of them serve.
class AcmeJourneyTest {

  private static final String WEB = "webext01.contoso.com";
  private static final String MEET = "meet.contoso.com";

  @TempDir Path directory;

  private static String document(String certificates) {
    return """
    farm: contoso-edge
    listeners:
      - {name: https, bind: "127.0.0.1:443", tls: {certificates: [contoso, meet]}}
      - {name: http, bind: "127.0.0.1:80"}
    certificates:
    %s
    rules:
      - {name: web, listener: https, publicNames: [webext01.contoso.com, meet.contoso.com], respond: 200}
      - {name: to-https, listener: http, publicNames: ["*"], redirect: https}
    """
        .formatted(certificates);
  }

  /// The farm begins with certificates from files, and goes over to ordered ones: one by http-01, asked of the first node, one by tls-alpn-01,
  /// asked of the second.
  @Test
  void certificatesAreOrderedByBothChallengesAndServedByEveryNode() throws Exception {
    try (Farm farm = Farm.in(directory)) {
      Program node1 = farm.joinNode("node-1");
      Program node2 = farm.joinNode("node-2");
      Authority authority = Authority.create(directory, "public");
      Authority.Issued web = authority.issue("web", WEB);
      Authority.Issued meet = authority.issue("meet", MEET);
      farm.apply(
          document(
              "  - {name: contoso, chainFile: %s, keyFile: %s}\n  - {name: meet, chainFile: %s, keyFile: %s}"
                  .formatted(web.chain(), web.key(), meet.chain(), meet.key())));
      try (Pebble pebble =
          Pebble.start(directory, Farm.port(node1, "http"), Farm.port(node2, "https"))) {
        String acme =
            "acme: {directory: \"%s\", trustFile: %s, agreeToTerms: true, "
                .formatted(pebble.directory(), pebble.trust());
        farm.apply(
            document(
                "  - {name: contoso, %s names: [%s], key: rsa, challenge: http-01}}\n  - {name: meet, %s names: [%s], key: ecdsa, challenge: tls-alpn-01}}"
                    .formatted(acme, WEB, acme, MEET)));

        SSLContext clients = WireClient.trusting(pebble.root(directory.resolve("root.pem")));
        for (Program node : new Program[] {node1, node2}) {
          int port = Farm.port(node, "https");
          for (String name : new String[] {WEB, MEET}) {
            Eventually.until(
                name + " is served with what the authority issued",
                () -> serves(clients, name, port));
          }
        }
      }
      assertThat(farm.ctl("history").output()).contains("certificate contoso version 2");
      assertThat(farm.ctl("audit", "--output", "json").output())
          .contains("certificate contoso, version 2, was issued by https://127.0.0.1");
    }
  }

  private static boolean serves(SSLContext trust, String name, int port) throws Exception {
    try (WireClient client = WireClient.tls(trust, name, port)) {
      return client.request(name, "/").status() == 200;
    }
  }
}
