package io.portcullis.perf.compare;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.portcullis.perf.staging.LabAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `farmctl perf idle`: what an idle TLS connection costs in memory.
@Command(
    name = "idle",
    sortOptions = false,
    usageHelpWidth = 110,
    description = {
      "Opens TLS connections that each make one request and then stay open, and shows how much the resident memory",
      "of a node, nginx and HAProxy grew for each. Lync's clients are idle nearly always."
    })
public final class IdleCommand implements Callable<Integer> {

  /// Beyond it the descriptors of this process end before the proxy's memory does.
  private static final int MOST = 9000;

  /// Opened before the first reading: what is allocated once is no cost of a connection.
  private static final int FIRST = 50;

  private static final int LIMIT_MILLIS = 10_000;
  private static final long SETTLE_SECONDS = 2;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and end")
  private boolean help;

  @Option(names = "--connections", paramLabel = "N", description = "(default: ${DEFAULT-VALUE})")
  private int connections = 2000;

  @Option(
      names = "--proxy",
      split = ",",
      paramLabel = "NAME",
      description = "of portcullis, nginx, haproxy (default: all)")
  private List<String> proxies = new ArrayList<>();

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "configurations and logs (default: ${DEFAULT-VALUE})")
  private Path directory = Path.of(".portcullis", "compare");

  private final Map<String, Double> bytesEach = new LinkedHashMap<>();

  @Override
  public Integer call() throws InterruptedException {
    if (connections < 1 || connections > MOST) {
      System.err.println("perf idle: --connections is 1 to " + MOST);
      return 2;
    }
    try {
      Bench bench = Bench.prepare(directory);
      try (Running _ = Running.start(Contender.origin(bench), bench, -1)) {
        for (String name : proxies.isEmpty() ? Contender.names() : proxies) {
          measure(Contender.of(name, bench), bench);
        }
      }
      Files.writeString(
          bench.file("idle.json"),
          new JsonMapper()
                  .writerWithDefaultPrettyPrinter()
                  .writeValueAsString(Map.of("format", 1, "bytesEach", bytesEach))
              + "\n");
      System.out.println("data: " + bench.file("idle.json"));
      return 0;
    } catch (IllegalArgumentException e) {
      System.err.println("perf idle: " + e.getMessage());
      return 2;
    } catch (IOException | GeneralSecurityException e) {
      System.err.println("perf idle: " + e.getMessage());
      return 1;
    }
  }

  /// Each proxy is started afresh: what it kept from an earlier hour would hide the growth.
  private void measure(Contender contender, Bench bench)
      throws IOException, GeneralSecurityException, InterruptedException {
    SSLSocketFactory tls = tls(bench);
    List<SSLSocket> open = new ArrayList<>();
    try (Running running = Running.start(contender, bench, -1)) {
      open(tls, contender, FIRST, open);
      TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
      long before = running.residentBytes();
      open(tls, contender, connections, open);
      TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
      long after = running.residentBytes();
      bytesEach.put(contender.name(), (double) (after - before) / connections);
      System.out.printf(
          Locale.ROOT,
          "%-12s %,6d idle connections  %,8d KiB -> %,8d KiB  %6.1f KiB each%n",
          contender.name(),
          connections,
          before / 1024,
          after / 1024,
          (after - before) / 1024.0 / connections);
    } finally {
      for (SSLSocket socket : open) {
        socket.close();
      }
    }
  }

  private static void open(
      SSLSocketFactory tls, Contender contender, int count, List<SSLSocket> open)
      throws IOException {
    byte[] request =
        ("GET /bytes/64 HTTP/1.1\r\nHost: " + Bench.NAME + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < count; i++) {
      Socket tcp = new Socket(InetAddress.getLoopbackAddress(), contender.https());
      // Or each request waits 40 ms for the acknowledgement of the handshake's last words.
      tcp.setTcpNoDelay(true);
      SSLSocket socket = (SSLSocket) tls.createSocket(tcp, Bench.NAME, contender.https(), true);
      open.add(socket);
      socket.setSoTimeout(LIMIT_MILLIS);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(Bench.NAME)));
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.getOutputStream().write(request);
      InputStream in = socket.getInputStream();
      byte[] start = in.readNBytes("HTTP/1.1 200".length());
      if (!new String(start, StandardCharsets.US_ASCII).equals("HTTP/1.1 200")) {
        throw new IOException(
            contender.name() + " answered " + new String(start, StandardCharsets.US_ASCII));
      }
    }
  }

  private static SSLSocketFactory tls(Bench bench) throws IOException, GeneralSecurityException {
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    trust.setCertificateEntry(
        "ca", LabAuthority.openOrCreate(bench.directory(), "ca", "perf compare CA").certificate());
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trust);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(null, managers.getTrustManagers(), null);
    return context.getSocketFactory();
  }
}
