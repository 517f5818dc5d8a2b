package io.portcullis.farm.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What an operator is told about a document with something wrong in it: exactly that, in one pass.
class BadDocumentsTest {
  private static final String GOOD = Documents.resource("full.yaml");
  private static final String LYNC = Documents.resource("lync.yaml");

  /// One slip in a good document gives one problem.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          listeners:             | listners:            | listners                     | unknown key "listners" (farm.yaml:3:1)       | did you mean "listeners"?
          weight: 2              | wieght: 2            | pools[0].members[1].wieght   | unknown key "wieght" (farm.yaml:10:80)       | did you mean "weight"?
          minVersion: TLSv1.2}}  | minVersion: TLS1.2}} | listeners[0].tls.minVersion  | is "TLS1.2"                                  | write one of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3
          idle: 30m              | idle: 30             | pools[0].persistence.source.idle | must be a duration, is "30"              | write a number with ms, s, m or h: 30m
          https: 4443            | https: 70000         | pools[0].bridging.https      | is 70000                                     | write a whole number from 0 to 65535
          https: 4443            | https: "4443"        | pools[0].bridging.https      | must be a whole number                       | write it without quotes
          weight: 2              | weight: 0            | pools[0].members[1].weight   | is 0                                         | from 1 to 1000
          ipv4Prefix: 32         | ipv4Prefix: 33       | pools[0].persistence.source.ipv4Prefix | is 33                              | from 1 to 32
          interval: 5s           | interval: 5ms        | pools[0].health.interval     | is 0.005s                                    | write a duration from 1s to 1h
          interval: 5s           | fall: 0              | pools[0].health.fall         | is 0                                         | from 1 to 20
          interval: 5s           | slowStart: 2h        | pools[0].health.slowStart    | is 2h                                        | write a duration from 0s to 1h
          interval: 5s           | also: [{tcp: 70000}] | pools[0].health.also[0].tcp  | is 70000                                     | from 1 to 65535
          interval: 5s           | also: [{tcp: 1, tls: 2}] | pools[0].health.also[0]  | probes more than one thing                   | give one of tcp: PORT
          interval: 5s           | also: [{tls: 1, expect: 200}] | pools[0].health.also[0].expect | belongs to a get                  | remove it
          interval: 5s           | also: [{get: x, port: 80}] | pools[0].health.also[0].get | "x" is not a request path               | begin it with /
          interval: 5s           | also: [{get: /x}]    | pools[0].health.also[0].port | "port" is missing                            | add the port to ask at
          upstreamConnections: private | balance: random  | pools[0].balance           | is "random"                                  | write one of source, leastRequests, powerOfTwo, roundRobin
          https: 4443            | https: 4443, proxyProtocol: v3 | pools[0].bridging.proxyProtocol | is "v3" | write one of off, v1, v2
          upstreamConnections: private | maxConnections: -1 | pools[0].maxConnections  | is -1                                        | from 0 to 65535
          "0.0.0.0:80"           | "0.0.0.0:80", limits: {requestsPerSource: -1} | listeners[1].limits.requestsPerSource | is -1   | from 0 to 1000000
          paths: [/]             | allowSources: [10.0.0.0/33] | rules[0].allowSources[0] | "10.0.0.0/33" is not a network            | 192.0.2.0/24
          paths: [/]             | denySources: [contoso.com] | rules[0].denySources[0] | "contoso.com" is not a network              | 192.0.2.0/24
          paths: [/]             | limits: {requestsPerHour: 5} | rules[0].limits.requestsPerHour | unknown key "requestsPerHour"      | did you mean
          10.0.0.12              | fe2                  | pools[0].members[1].address  | "fe2" is not an IP address                   | names go in host
          [fe1.contoso.local     | ["fe1:4443"          | pools[0].members[0].host     | "fe1:4443" is not a host                     | bridging: {https: 4443}
          fe2.contoso.local      | FE1.contoso.local    | pools[0].members[1].host     | is in the pool already, as members[0]        | remove one
          pool: pool01}          | pool: pool1}         | rules[0].pool                | there is no pool "pool1"                     | known: pool01
          listener: https,       | listener: ssl,       | rules[0].listener            | there is no listener "ssl"                   | known: http, https
          [contoso]              | [fabrikam]           | listeners[0].tls.certificates[0] | there is no certificate "fabrikam"       | known certificates: contoso
          [contoso]              | []                   | listeners[0].tls.certificates | needs a certificate                         | first answers clients without server name
          bind: "0.0.0.0:80"     | bind: "0.0.0.0:80", proxyProtocolFrom: [lb1] | listeners[1].proxyProtocolFrom[0] | "lb1" is not a network | 192.0.2.0/24
          0.0.0.0:80             | localhost:80         | listeners[1].bind            | "localhost:80" is not an address and a port  | 0.0.0.0:443
          0.0.0.0:80             | 0.0.0.0:443          | listeners[1].bind            | listener "https" binds 0.0.0.0:443 already   | another address or port
          name: to-https         | name: pool01-web     | rules[1].name                | rule "pool01-web" is there already, as rules[0] | name of its own
          name: to-https         | name: to https       | rules[1].name                | "to https" is not a name                     | begin with a letter or digit
          farm: contoso-edge     | farm: ""             | farm                         | "" is not a name                             | begin with
          farm: contoso-edge     | farm: 2013           | farm                         | must be text, is "2013"                      | put it in quotes
          farm: contoso-edge     | x-farm: 1            | x-farm                       | unknown key "x-farm"                         | did you mean "farm"?
          listener: http,        | listener: https,     | rules[1].redirect            | the redirect would loop                      | on a listener without tls
          redirect: https        | redirect: https, http2: true | rules[1].http2        | HTTP/2 is spoken over TLS                    | listener with tls
          pool: pool01}          | pool: pool01, http2: true} | rules[0].http2          | pool "pool01" has private connections        | upstreamConnections: shared
          pool: pool01}          | pool: pool01, forwardedHeaders: maybe} | rules[0].forwardedHeaders | is "maybe"            | write one of
          pool: pool01}          | pool: pool01, forwardedHeaders: append, forwardedFrom: [10.0.0.0/33]} | rules[0].forwardedFrom[0] | "10.0.0.0/33" is not a network | 192.0.2.0/24
          redirect: https        | redirect: http       | rules[1].redirect            | is "http"                                    | write one of https
          pool: pool01}          | pool: pool01, upgrade: {protocols: [h2c]}}  | rules[0].upgrade.protocols[0] | requests inside HTTP/2 would pass no rule | does not tunnel HTTP
          pool: pool01}          | pool: pool01, upgrade: {protocols: [a b]}}  | rules[0].upgrade.protocols[0] | "a b" is not a protocol name         | websocket
          pool: pool01}          | pool: pool01, upgrade: {protocols: [websocket], idle: 2ms}} | rules[0].upgrade.idle | is 0.002s                    | from 1s to
          pool: pool01}          | pool: pool01, upgrade: {idle: 2m}}          | rules[0].upgrade.protocols    | "protocols" is missing               | add protocols: [websocket]
          redirect: https        | respond: 302         | rules[1].respond             | 302 needs a place to go                      | redirect: https
          redirect: https        | respond: 42          | rules[1].respond             | 42 is not a final status                     | write 404
          , redirect: https      | ''                   | rules[1]                     | says not what to do                          | give one of pool: NAME
          redirect: https        | redirect: https, pool: pool01 | rules[1]            | says more than one thing to do               | give one of
          paths: [/]             | paths: ["/*"]        | rules[0].paths[0]            | "/*" is not a path prefix                    | write the prefix alone
          paths: [/]             | paths: [meet]        | rules[0].paths[0]            | "meet" is not a path prefix                  | begin it with /
          paths: [/]             | paths: /             | rules[0].paths               | must be a list, is "/"                       | write [a, b]
          [webext01.contoso.com] | ["https://a.com"]    | rules[0].publicNames[0]      | is not a public name                         | without scheme
          [webext01.contoso.com] | ["a_b.contoso.com"]  | rules[0].publicNames[0]      | is not a public name                         | letters, digits
          [webext01.contoso.com] | [10.0.0.300]         | rules[0].publicNames[0]      | is not a public name                         | letters, digits
          , trustFile: contoso-root.pem | ''            | pools[0].tls                 | names no trust                               | add trustFile
          , keyFile: contoso.key | ''                   | certificates[0].keyFile      | has no private key                           | add keyFile
          address: 10.0.0.12     | address: 127.0.0.1, bridging: {https: 443}  | pools[0].members[1] | is listener "https" of this farm | address and the bridging ports
          bridging: {https: 4443, http: 8080} | bridging: {http: 8080} | pools[0].bridging.https | no https port, but rule "pool01-web" | give the port
          upstreamConnections: private | upstreamConnections: sticky | pools[0].upstreamConnections | is "sticky"                   | write one of private, shared
          persistence: {source:  | persistence: {sauce: | pools[0].persistence.sauce   | unknown key "sauce"                          | did you mean "source"?
          persistence: {source:  | persistence: {group: "a b", source: | pools[0].persistence.group | "a b" is not a name             | begin with a letter or digit
          members: [             | member: [            | pools[0].member              | unknown key "member"                         | did you mean "members"?
          """)
  void oneSlipGivesOneProblem(String good, String bad, String path, String message, String hint) {
    List<Problem> problems = Documents.problems(GOOD.replace(good, bad));

    assertThat(problems)
        .as("%s", problems)
        .filteredOn(Problem::isError)
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.path()).isEqualTo(path);
          assertThat(problem.message()).contains(message).contains("(farm.yaml:");
          assertThat(problem.hint()).contains(hint);
        });
  }

  /// The same for a certificate that the farm orders.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          directory: https:     | directory: http:              | certificates[0].acme.directory    | is not the address of an ACME directory   | https://acme-v02.api.letsencrypt.org/directory
          names: [              | names: ["*.contoso.com",      | certificates[0].acme.names[0]     | can only be proved through DNS            | chainFile and keyFile
          names: [              | names: [meet,                 | certificates[0].acme.names[0]     | "meet" is not a public name               | a full DNS name
          names: [              | names: [WEBEXT01.contoso.com, | certificates[0].acme.names[1]     | is listed twice                           | remove one
          names: [webext01.contoso.com] | names: []             | certificates[0].acme.names        | has 0 names                               | from 1 to 100
          key: ecdsa            | key: dsa                      | certificates[0].acme.key          | is "dsa"                                  | write one of rsa, ecdsa
          challenge: http-01    | challenge: dns-01             | certificates[0].acme.challenge    | is "dns-01"                               | write one of http-01, tls-alpn-01
          email: it@contoso.com | email: "mailto:it@contoso.com" | certificates[0].acme.email       | is not an e-mail address                  | without mailto:
          agreeToTerms: true    | agreeToTerms: false           | certificates[0].acme.agreeToTerms | nobody has agreed                         | agreeToTerms: true
          , agreeToTerms: true  | ''                            | certificates[0].acme.agreeToTerms | "agreeToTerms" is missing                 | terms of service
          name: contoso, acme   | name: contoso, chainFile: a.pem, keyFile: a.key, acme | certificates[0] | names files and is ordered by acme | keep acme, or
          trustFile: ca.pem     | trustFile: ca.pem, trust: x   | certificates[0].acme              | gives both trustFile and trust            | keep one
          directory:            | directoy:                     | certificates[0].acme.directoy     | unknown key "directoy"                    | did you mean "directory"?
          """)
  void oneSlipInAnOrderGivesOneProblem(
      String good, String bad, String path, String message, String hint) {
    String ordered =
        GOOD.replace(
            "name: contoso, chainFile: contoso.pem, keyFile: contoso.key",
            "name: contoso, acme: {directory: https://ca.example/dir, names: [webext01.contoso.com],"
                + " email: it@contoso.com, key: ecdsa, challenge: http-01, trustFile: ca.pem, agreeToTerms: true}");
    assertThat(Documents.problems(ordered)).noneMatch(Problem::isError);

    assertThat(Documents.problems(ordered.replace(good, bad)))
        .filteredOn(Problem::isError)
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.path()).isEqualTo(path);
          assertThat(problem.message()).contains(message);
          assertThat(problem.hint()).contains(hint);
        });
  }

  @Test
  void anOrderNeedsAListenerThatAnswersItsChallenge() {
    String order =
        """
        farm: contoso-edge
        listeners: [{name: %s}]
        certificates: [{name: c, acme: {directory: "https://ca.example/dir", names: [a.contoso.com], challenge: %s, agreeToTerms: true}}]
        """;
    assertThat(
            Documents.problems(
                order.formatted(
                    "https, bind: \"0.0.0.0:443\", tls: {certificates: [c]}", "http-01")))
        .filteredOn(Problem::isError)
        .singleElement()
        .satisfies(p -> assertThat(p.message()).contains("http-01 is answered on clear listeners"));
    assertThat(Documents.problems(order.formatted("http, bind: \"0.0.0.0:80\"", "tls-alpn-01")))
        .filteredOn(Problem::isError)
        .singleElement()
        .satisfies(p -> assertThat(p.message()).contains("tls-alpn-01 is answered on TLS"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          version: 2013               | version: 2011              | lync.version                | is "2011"                        | write one of 2010, 2013
          webext02.contoso.com        | WEBEXT01.contoso.com       | lync.pools[1].externalFqdn  | is also lync.pools[0].externalFqdn | unique per pool
          name: pool02                | name: pool01               | lync.pools[1].name          | "pool01" is there already        | a name of its own
          [meet.contoso.com           | ["https://meet.contoso.com" | lync.simpleUrls.meet[0]    | is not a simple URL              | leave the scheme away: meet.contoso.com
          dialin: dialin.contoso.com  | dialin: meet.contoso.com   | lync.simpleUrls.dialin      | is also lync.simpleUrls.meet[0]  | once
          [contoso.com, fabrikam.com] | []                         | lync.sipDomains             | at least one SIP domain          | add sipDomains
          [contoso.com, fabrikam.com] | [contoso.com, contoso.com] | lync.sipDomains[1]          | given twice                      | remove one
          , tls: {certificates: [contoso]} | ''                    | lync.listenerHttps          | no listener has tls              | add a listener with tls
          externalFqdn: webdirext.contoso.com, | ''                | lync.director.externalFqdn  | "externalFqdn" is missing        | add externalFqdn
          fe1.contoso.local: 10.0.0.11 | fe1.contoso.local: fe2    | hosts[fe1.contoso.local]    | "fe2" is not an IP address       | one IPv4 or IPv6 address
          """)
  void oneSlipInATopologyGivesOneProblem(
      String good, String bad, String path, String message, String hint) {
    List<Problem> problems = Documents.problems(LYNC.replace(good, bad));

    assertThat(problems)
        .as("%s", problems)
        .filteredOn(Problem::isError)
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.path()).isEqualTo(path);
          assertThat(problem.message()).contains(message);
          assertThat(problem.hint()).contains(hint);
        });
  }

  @Test
  void manyProblemsAreToldInOnePassWithoutFollowUps() {
    String text =
        """
        farm: contoso edge
        listeners:
          - {name: https, bind: "0.0.0.0:443", tls: {certificate: [contoso]}}
          - {name: http, bind: "0.0.0.0"}
        certificates:
          - {name: contoso, chainFile: contoso.pem, keyfile: contoso.key}
        pools:
          - name: pool01
            members: [fe1.contoso.local, {host: "http://fe2", weight: two}, 7]
            bridging: {https: 99999}
            tsl: {trustFile: root.pem}
          - {members: [fe3.contoso.local]}
        rules:
          - {name: a, listener: https, publicNames: [a.contoso.com], pool: pool01}
          - {name: b, listener: https, publicNames: [a.contoso.com], pool: pool02}
          - {name: c, listener: nowhere, publicNames: [], redirect: https}
        """;

    assertThat(Documents.problems(text))
        .extracting(Problem::path)
        .containsExactlyInAnyOrder(
            "farm",
            "listeners[0].tls.certificate",
            "listeners[1].bind",
            "certificates[0].keyfile",
            "pools[0].members[1].host",
            "pools[0].members[1].weight",
            "pools[0].members[2].host",
            "pools[0].bridging.https",
            "pools[0].tsl",
            "pools[1].name",
            "rules[1]",
            "rules[2].publicNames",
            "rules[2].listener");
  }

  @Test
  void anElementGivenTwiceIsOneProblem() {
    String text =
        GOOD.replace("certificates:\n", "  - {name: http, bind: \"0.0.0.0:81\"}\ncertificates:\n");

    assertThat(Documents.problems(text))
        .filteredOn(Problem::isError)
        .extracting(Problem::path)
        .containsExactly("listeners[2].name");
  }

  @Test
  void aKeyGivenTwiceIsOneProblem() {
    assertThat(Documents.problems(GOOD.replace("    tls:", "    bridging: {https: 1}\n    tls:")))
        .extracting(Problem::toString)
        .singleElement()
        .asString()
        .contains("pools[0].bridging: key \"bridging\" is given twice (farm.yaml:12:5)");
  }

  @Test
  void rulesThatTakeTheSameRequestsAreNamedWithWhatTheyShare() {
    String text =
        GOOD
            + "  - {name: again, listener: https, publicNames: [WEBEXT01.contoso.com, b.contoso.com],"
            + " pool: pool01}\n"
            + "  - {name: never, listener: https, publicNames: [b.contoso.com], paths: [//],"
            + " pool: pool01}\n"
            + "  - {name: deeper, listener: https, publicNames: [b.contoso.com], paths: [/Meet/],"
            + " pool: pool01}\n"
            + "  - {name: self, listener: https, publicNames: [c.contoso.com], paths: [/admin/x],"
            + " deny: [/Admin], pool: pool01}\n";

    assertThat(Documents.problems(text.replace("[//]", "[/]")))
        .extracting(Problem::message)
        .containsExactly(
            "rule \"again\" publishes again what rule \"pool01-web\" (rules[0]) takes first:"
                + " webext01.contoso.com/ (farm.yaml:19:5)",
            "rule \"never\" can never match, it publishes only what rule \"again\" (rules[2]) takes"
                + " first: b.contoso.com/ (farm.yaml:20:5)",
            "the rule denies /admin/x itself by /Admin (farm.yaml:22:73)");
  }

  @Test
  void whatIsLegalButUnwiseIsAWarning() {
    String text =
        GOOD.replace("minVersion: TLSv1.2}}", "minVersion: TLSv1}}")
                .replace("redirect: https", "pool: pool01")
                .replace("fe1.contoso.local", "webext01.contoso.com")
            + "hosts: {spare.contoso.local: 10.0.0.9}\n";
    text = text.replace("pools:\n", "pools:\n  - {name: idle, members: [x.contoso.local]}\n");

    Decoded decoded = FarmDocuments.decode(text, "farm.yaml");

    assertThat(decoded).isInstanceOf(Decoded.Accepted.class);
    assertThat(decoded.problems())
        .extracting(Problem::path)
        .containsExactlyInAnyOrder(
            "listeners[0].tls.minVersion", "rules[1]", "pools[1].members[0].host", "pools[0]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'farm: a\\n b: {'             | farm.yaml:2:3 | not valid YAML
          'farm: a\\n\\tlisteners: []'  | farm.yaml:2:1 | not valid YAML
          'farm: [a'                   | farm.yaml:1:9 | not valid YAML
          ''                           | farm.yaml     | the document is empty
          '# only a comment'           | farm.yaml     | the document is empty
          'null'                       | farm.yaml     | the document is empty
          'farm: a\\n---\\nfarm: b'     | farm.yaml:3:1 | a second document begins here
          '- a'                        | farm.yaml     | must be a section of keys, is a list
          'a\\7: b' | farm.yaml:1:2 | character U+0007 is not allowed
          '? {a: b}\\n: c'              | ?             | unknown key "?"
          'x: !!javax.Evil [a]' | farm.yaml:1:4 | Global tag is not allowed
          """)
  void whatIsNoDocumentIsRefusedWithItsPlace(String text, String path, String message) {
    String written = (text == null ? "" : text).translateEscapes();

    assertThat(Documents.problems(written))
        .first()
        .satisfies(p -> {
          assertThat(p.path()).isEqualTo(path);
          assertThat(p.message()).contains(message);
          assertThat(p.hint()).isNotEmpty();
        });
  }

  @Test
  void bombsAreRefused() {
    StringBuilder aliases = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 40; i++) {
      aliases.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertThat(Documents.problems(aliases.toString()))
        .singleElement()
        .satisfies(p -> assertThat(p.message()).contains("aliases"));
    assertThat(Documents.problems("farm: " + "[".repeat(1000)))
        .singleElement()
        .satisfies(p -> assertThat(p.message()).contains("deep"));
    assertThat(Documents.problems("farm: " + "x".repeat(YamlText.MAX_CHARACTERS)))
        .singleElement()
        .satisfies(p -> assertThat(p.message()).contains("characters"));
    assertThat(Documents.problems("&a {farm: *a}")).isNotEmpty();
    assertThat(Documents.problems("k: 1\n".repeat(20_000))).hasSize(FarmDocuments.MAX_PROBLEMS + 1);
  }

  @Test
  void aCertificateWithoutFilesMeansTheFarmsOwnCopy() {
    assertThat(
            Documents.accepted(GOOD.replace(", chainFile: contoso.pem, keyFile: contoso.key", ""))
                .certificates()
                .getFirst()
                .version())
        .isNull();
    assertThat(Documents.problems(GOOD.replace("chainFile: contoso.pem, ", "")))
        .extracting(Problem::path)
        .containsExactly("certificates[0].chainFile");
  }

  @Test
  void aRuleOfMillionsOfPairsIsRefusedBeforeTheyAreCounted() {
    String names = "a.contoso.com, ".repeat(5000) + "b.contoso.com";
    String paths = "/x, ".repeat(5000) + "/y";
    String text =
        GOOD.replace("[webext01.contoso.com]", "[" + names + "]")
            .replace("paths: [/]", "paths: [" + paths + "]");

    assertThat(Documents.problems(text))
        .extracting(Problem::path)
        .containsExactly("rules[0].publicNames", "rules[0].paths");
  }

  @Test
  void sharedPartsMayBeAliased() {
    String text =
        GOOD.replace("tls: {serverName", "tls: &trust {serverName")
            .replace("rules:\n", "  - {name: pool02, members: [fe3], tls: *trust}\nrules:\n");

    assertThat(Documents.accepted(text).pools())
        .extracting(p -> p.tls())
        .allMatch(tls -> tls != null && "contoso-root.pem".equals(tls.trustFile()));
  }
}
