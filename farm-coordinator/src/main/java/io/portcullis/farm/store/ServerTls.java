package io.portcullis.farm.store;

import io.portcullis.farm.call.Cutoff;
import io.portcullis.farm.identity.Certificates;
import io.portcullis.farm.identity.FarmHome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// Whether one server that others run and this machine trust each other, asked by a handshake of its own: ZooKeeper's client only says
/// that there is no connection.
///
/// @param server `host:port`
/// @param problem empty if they do
/// @param cutOff it broke the connection off without a word
record ServerTls(String server, String problem, String hint, boolean cutOff) {
  private static final int CONNECT_MILLIS = 5_000;

  /// A server that has just started, or has much to do, takes seconds for it.
  private static final Duration HANDSHAKE = Duration.ofSeconds(20);

  /// A server of TLS 1.3 refuses a client's certificate after the handshake (RFC 8446 §4.4.2.4); one that takes it waits for us.
  private static final int REFUSAL_MILLIS = 1_500;

  private static final int MOST_LOOKS = 5;

  private ServerTls(String server, String problem, String hint) {
    this(server, problem, hint, false);
  }

  boolean isFine() {
    return problem.isEmpty();
  }

  /// A server that refuses our certificate while we still speak may leave a broken pipe in place of its alert, which says why: it is asked
  /// again.
  static ServerTls look(String server, FarmHome home) {
    return look(server, home, HANDSHAKE);
  }

  /// @param patience with the handshake
  static ServerTls look(String server, FarmHome home, Duration patience) {
    ServerTls seen = lookOnce(server, home, patience);
    long deadline = System.nanoTime() + patience.toNanos();
    for (int more = 1; more < MOST_LOOKS && seen.cutOff() && System.nanoTime() < deadline; more++) {
      seen = lookOnce(server, home, patience);
    }
    return seen;
  }

  private static ServerTls lookOnce(String server, FarmHome home, Duration patience) {
    int colon = server.lastIndexOf(':');
    String host = server.substring(0, colon).replaceAll("^\\[|\\]$", "");
    int port = Integer.parseInt(server.substring(colon + 1));
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
      plain.setSoTimeout((int) patience.toMillis());
      try (Cutoff cutoff = Cutoff.after(patience.plusMillis(REFUSAL_MILLIS), plain)) {
        ServerTls seen = look(server, host, port, plain, home, patience);
        // What was seen in time counts, however long the goodbye took.
        return cutoff.fell() && seen.cutOff() ? silent(server, patience) : seen;
      }
    } catch (IOException e) {
      return new ServerTls(
          server,
          server + " does not answer: " + said(e),
          "check that it runs and that this machine reaches that port");
    } catch (GeneralSecurityException e) {
      return new ServerTls(
          server,
          "this machine cannot speak TLS: " + said(e),
          "check " + home.ensemblePem() + " and " + home.identityPem());
    }
  }

  private static ServerTls look(
      String server, String host, int port, Socket plain, FarmHome home, Duration patience)
      throws IOException, GeneralSecurityException {
    try (SSLSocket tls =
        (SSLSocket) context(home).getSocketFactory().createSocket(plain, host, port, true)) {
      return shake(server, tls, home, patience);
    } catch (SocketException e) {
      return new ServerTls(
          server,
          server + " breaks the connection off: " + said(e),
          "look at that server's log; it may lack %s in its trust store"
              .formatted(home.authorityPem()),
          true);
    }
  }

  private static ServerTls shake(String server, SSLSocket tls, FarmHome home, Duration patience)
      throws IOException {
    SSLParameters wish = tls.getSSLParameters();
    wish.setEndpointIdentificationAlgorithm("HTTPS");
    wish.setProtocols(new String[] {"TLSv1.3"});
    tls.setSSLParameters(wish);
    try {
      tls.startHandshake();
    } catch (SSLHandshakeException e) {
      return new ServerTls(
          server,
          "TLS 1.3 with %s fails: %s".formatted(server, said(e)),
          "its certificate must name that host and come from a CA in the file of --zookeeper-ca");
    } catch (SocketTimeoutException e) {
      return silent(server, patience);
    } catch (SSLException e) {
      return new ServerTls(
          server,
          "%s does not speak TLS: %s".formatted(server, said(e)),
          "name its secureClientPort in --zookeeper-connect");
    }
    tls.setSoTimeout(REFUSAL_MILLIS);
    try {
      int _ = tls.getInputStream().read();
    } catch (SSLException e) {
      return new ServerTls(
          server,
          "%s does not take certificates of farm %s: %s".formatted(server, home.farm(), said(e)),
          "add %s to the trust store of every server (ssl.trustStore.location), restart one after the other, then start again"
              .formatted(home.authorityPem()));
    } catch (SocketTimeoutException e) {
      // It waits for our first word.
    }
    return new ServerTls(server, "", "");
  }

  private static ServerTls silent(String server, Duration patience) {
    return new ServerTls(
        server,
        "%s takes connections and says nothing for %d s, or does not end its handshake"
            .formatted(server, patience.toSeconds()),
        "look at that server's log; its secureClientPort belongs into --zookeeper-connect");
  }

  private static SSLContext context(FarmHome home) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    List<X509Certificate> trusted = Certificates.chain(Files.readString(home.ensemblePem()));
    for (X509Certificate one : trusted) {
      store.setCertificateEntry("ca-" + store.size(), one);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return home.identity()
        .sslContext(Arrays.stream(factory.getTrustManagers()).findFirst().orElseThrow());
  }

  private static String said(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
