package io.portcullis.perf.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portcullis.farm.cli.Commands;
import io.portcullis.farm.cli.Terminal;
import io.portcullis.perf.staging.Behaviour;
import io.portcullis.perf.staging.LabAuthority;
import io.portcullis.perf.staging.ServerIdentity;
import io.portcullis.perf.staging.StagingMember;
import io.portcullis.perf.staging.StagingPool;
import io.portcullis.proxy.ProxyNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A Director, two Front Ends and Office Web Apps behind one node that runs from a file, and an operator who verifies them.
///
/// The node has three TLS listeners: as it should be, without its intermediate, and with a certificate that ended.
final class Published {
  static final List<String> NAMES =
      List.of(
          "webext01.contoso.com",
          "webdirext.contoso.com",
          "meet.contoso.com",
          "dialin.contoso.com",
          "extra.contoso.com",
          "lyncdiscover.contoso.com",
          "officewebapps01.contoso.com");

  private static final Pattern LISTENER =
      Pattern.compile("listening (\\S+) \\S*127\\.0\\.0\\.1:(\\d+).*");

  final StagingPool pool;
  private final Path directory;
  private final Process node;
  private final Map<String, Integer> ports = new HashMap<>();

  Published(Path directory) throws Exception {
    this(directory, Behaviour.DEFAULT);
  }

  Published(Path directory, Behaviour behaviour) throws Exception {
    this(directory, behaviour, document -> document);
  }

  /// @param edit what is different in the document that the node runs
  Published(Path directory, Behaviour behaviour, UnaryOperator<String> edit) throws Exception {
    this(directory, behaviour, edit, 1);
  }

  /// @param drainSeconds how long exchanges may take to finish after SIGTERM
  Published(Path directory, Behaviour behaviour, UnaryOperator<String> edit, int drainSeconds)
      throws Exception {
    this.directory = directory;
    pool =
        StagingPool.start(
            new StagingPool.Settings(
                directory.resolve("pool"),
                InetAddress.getLoopbackAddress(),
                "pool01.contoso.local",
                List.of("webext01.contoso.com"),
                List.of(
                    StagingPool.MemberPorts.parse("director:dir1.contoso.local=0:0:0:0:0"),
                    StagingPool.MemberPorts.parse("fe1.contoso.local=0:0:0:0:0"),
                    StagingPool.MemberPorts.parse("office:owas1.contoso.local=0:0")),
                behaviour));
    LabAuthority root = LabAuthority.create("Public root");
    LabAuthority issuing = root.subordinate("Public issuing CA");
    ServerIdentity good = issuing.issue(NAMES);
    certificate("good", good, good.chainPem());
    certificate("nochain", good, pem(good.leaf()));
    ServerIdentity ended = issuing.issue(NAMES, Duration.ofDays(-2));
    certificate("ended", ended, ended.chainPem());
    write("public-ca.pem", root.certificatePem());
    write("other-ca.pem", LabAuthority.create("Other root").certificatePem());
    write("farm.yaml", edit.apply(document()));
    node =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ProxyNode.class.getName(),
                "run",
                "--file",
                directory.resolve("farm.yaml").toString(),
                "--drain-seconds",
                Integer.toString(drainSeconds))
            .redirectErrorStream(true)
            .start();
    awaitListeners();
  }

  private void awaitListeners() throws IOException {
    BufferedReader lines = node.inputReader();
    List<String> seen = new ArrayList<>();
    while (ports.size() < 4) {
      String line = lines.readLine();
      if (line == null) {
        throw new IOException("the node ended: " + String.join("\n", seen));
      }
      seen.add(line);
      Matcher listener = LISTENER.matcher(line);
      if (listener.matches()) {
        ports.put(listener.group(1), Integer.parseInt(listener.group(2)));
      }
    }
    Thread.ofVirtual().start(() -> lines.lines().forEach(_ -> {}));
  }

  private void certificate(String name, ServerIdentity identity, String chain) throws IOException {
    write(name + ".pem", chain);
    write(name + ".key", identity.keyPem());
  }

  private static String pem(X509Certificate certificate) throws Exception {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }

  void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  int port(String listener) {
    return java.util.Objects.requireNonNull(ports.get(listener), listener);
  }

  String document() {
    return """
    farm: contoso-edge
    listeners:
      - {name: https, bind: "127.0.0.1:0", tls: {certificates: [good]}}
      - {name: nochain, bind: "127.0.0.1:0", tls: {certificates: [nochain]}}
      - {name: ended, bind: "127.0.0.1:0", tls: {certificates: [ended]}}
      - {name: http, bind: "127.0.0.1:0"}
    certificates:
      - {name: good, chainFile: good.pem, keyFile: good.key}
      - {name: nochain, chainFile: nochain.pem, keyFile: nochain.key}
      - {name: ended, chainFile: ended.pem, keyFile: ended.key}
    lync:
      version: 2013
      sipDomains: [contoso.com]
      listenerHttps: https
      tls: {trustFile: pool/pool-ca.pem}
      director:
        externalFqdn: webdirext.contoso.com
        members: [%s]
        tls: {serverName: pool01.contoso.local}
        health: {alsoTcp: %d, interval: 1s, fall: 3}
      pools:
        - name: pool01
          externalFqdn: webext01.contoso.com
          members: [%s]
          tls: {serverName: pool01.contoso.local}
          health:
            alsoTcp: %d
            also: [{get: /ucwa/oauth/v1/applications, port: %d, overTls: true, expect: 401}]
            interval: 1s
            fall: 3
      simpleUrls: {meet: [meet.contoso.com], dialin: dialin.contoso.com}
      officeWebApps:
        externalFqdn: officewebapps01.contoso.com
        members: [%s]
        tls: {serverName: owas1.contoso.local}
      httpAutodiscover: true
    """
        .formatted(
            member(0),
            sip(0),
            member(1),
            sip(1),
            pool.members().get(1).https().getPort(),
            member(2));
  }

  private String member(int index) {
    StagingMember member = pool.members().get(index);
    return "{host: %s, address: 127.0.0.1, bridging: {https: %d, http: %d}}"
        .formatted(member.name(), member.https().getPort(), member.http().getPort());
  }

  private int sip(int index) {
    var sip = pool.members().get(index).sip();
    return sip == null ? 0 : sip.getPort();
  }

  /// What real curl says through the node, with heads, the certificate verified.
  String curl(String url, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "curl",
                "-isS",
                "--max-time",
                "30",
                "--path-as-is",
                "--globoff",
                "--cacert",
                directory.resolve("public-ca.pem").toString(),
                "--connect-to",
                "::127.0.0.1:" + port(url.startsWith("https") ? "https" : "http")));
    command.addAll(List.of(more));
    command.add(url);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
    process.waitFor(40, TimeUnit.SECONDS);
    return out;
  }

  /// Waits until the join page is served.
  void awaitMeet(String... more) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!curl("https://webext01.contoso.com/meet", more).startsWith("HTTP/1.1 200")) {
      if (System.nanoTime() > deadline) {
        throw new IOException("the pool never came up");
      }
    }
  }

  /// What a member says to its own clear port.
  String direct(int index, String path, String... more) throws Exception {
    List<String> command = new ArrayList<>(List.of("curl", "-isS", "--max-time", "30"));
    command.addAll(List.of(more));
    command.add("http://127.0.0.1:" + pool.members().get(index).http().getPort() + path);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(
        process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  static SSLContext trusting(Path pem) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream in = Files.newInputStream(pem)) {
      store.setCertificateEntry(
          "root", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  /// @param exit code of `farmctl verify`
  record Said(int exit, String out, String err) {
    JsonNode json() throws IOException {
      return new ObjectMapper().readTree(out);
    }

    List<String> diagnoses() throws IOException {
      List<String> words = new ArrayList<>();
      json().get("diagnoses").forEach(word -> words.add(word.textValue()));
      return words;
    }
  }

  Said verify(String listener, String... more) {
    return verifyFile("farm.yaml", "public-ca.pem", port(listener), more);
  }

  Said verifyFile(String file, String ca, int https, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "verify",
                "--file",
                file,
                "--ca",
                ca,
                "--node",
                "edge1=127.0.0.1:" + https + ":" + port("http")));
    words.addAll(List.of(more));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Terminal terminal =
        new Terminal(
            new PrintWriter(out),
            new PrintWriter(err),
            false,
            110,
            40,
            directory,
            Map.of("HOME", directory.toString()),
            InstantSource.system(),
            time -> {
              throw new InterruptedException("one look is enough: " + time);
            });
    int exit =
        Commands.run(
            words.toArray(String[]::new),
            terminal,
            (_, _, _, _) -> {
              throw new IllegalStateException("nobody joins here");
            },
            (_, _, _) -> {
              throw new IllegalStateException("nothing is restored here");
            });
    return new Said(exit, out.toString(), err.toString());
  }

  /// Memory of the node's process as the kernel counts it.
  long residentKilobytes() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/" + node.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElse(0);
    }
  }

  void awaitSipDown() throws IOException {
    var sip = java.util.Objects.requireNonNull(pool.members().get(1).sip());
    var other = java.util.Objects.requireNonNull(pool.members().get(0).sip());
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (accepts(sip) || accepts(other)) {
      if (System.nanoTime() > deadline) {
        throw new IOException("5061 still accepts");
      }
    }
  }

  private static boolean accepts(java.net.InetSocketAddress address) {
    try (java.net.Socket socket = new java.net.Socket()) {
      socket.connect(address, 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /// SIGTERM: the node drains, and ends when it is done.
  Process terminate() {
    node.destroy();
    return node;
  }

  void stop() throws Exception {
    node.destroy();
    if (!node.waitFor(20, TimeUnit.SECONDS)) {
      node.destroyForcibly();
    }
    pool.close();
  }
}
