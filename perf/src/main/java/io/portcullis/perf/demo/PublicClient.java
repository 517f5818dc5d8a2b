package io.portcullis.perf.demo;

import io.portcullis.perf.staging.LabAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// A client on the Internet, as far as one machine can be one: it resolves nothing, verifies what it is shown, and can
/// come from several addresses (all of 127.0.0.0/8 is this host).
final class PublicClient {

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int MAX_ANSWER_BYTES = 1 << 20;

  private final SSLSocketFactory tls;

  /// @param authority the only CA this client trusts
  PublicClient(LabAuthority authority) throws GeneralSecurityException {
    try {
      KeyStore trust = KeyStore.getInstance("PKCS12");
      trust.load(null, null);
      trust.setCertificateEntry("public", authority.certificate());
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trust);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      tls = context.getSocketFactory();
    } catch (IOException e) {
      throw new GeneralSecurityException("an empty key store did not load", e);
    }
  }

  /// One GET on a connection of its own.
  ///
  /// @param source local address to come from
  /// @param port of 127.0.0.1
  /// @param serverName sent as SNI and required in the certificate; null speaks in clear
  record Request(String source, int port, @Nullable String serverName, String host, String target) {

    String line() {
      return "GET " + target + " HTTP/1.1";
    }
  }

  /// @param headers names in lower case; the last of repeated ones
  /// @param tls protocol version, empty in clear
  /// @param from address and port that the request came from
  record Reply(int status, Map<String, String> headers, String body, String tls, String from) {
    Reply {
      headers = Map.copyOf(headers);
    }

    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  /// @throws IOException if there is no complete answer within ten seconds, or the certificate is not the right one
  Reply send(Request request) throws IOException {
    try (Socket tcp = new Socket()) {
      connect(tcp, request.source(), request.port());
      String serverName = request.serverName();
      if (serverName == null) {
        return exchange(tcp, request, "");
      }
      try (SSLSocket socket = secure(tcp, serverName, request.port())) {
        return exchange(socket, request, socket.getSession().getProtocol());
      }
    }
  }

  /// The certificate that a new connection is shown and has found right.
  X509Certificate certificate(int port, String serverName) throws IOException {
    try (Socket tcp = new Socket()) {
      connect(tcp, "127.0.0.1", port);
      try (SSLSocket socket = secure(tcp, serverName, port)) {
        return (X509Certificate) socket.getSession().getPeerCertificates()[0];
      }
    }
  }

  private static void connect(Socket tcp, String source, int port) throws IOException {
    tcp.bind(new InetSocketAddress(InetAddress.ofLiteral(source), 0));
    tcp.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) LIMIT.toMillis());
    tcp.setSoTimeout((int) LIMIT.toMillis());
    tcp.setTcpNoDelay(true);
  }

  private SSLSocket secure(Socket tcp, String serverName, int port) throws IOException {
    SSLSocket socket = (SSLSocket) tls.createSocket(tcp, serverName, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(serverName)));
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static Reply exchange(Socket socket, Request request, String protocol)
      throws IOException {
    String head =
        "%s\r\nHost: %s\r\nUser-Agent: portcullis-demo\r\nAccept: application/json\r\nConnection: close\r\n\r\n"
            .formatted(request.line(), request.host());
    socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    InputStream in = socket.getInputStream();
    byte[] answer = in.readNBytes(MAX_ANSWER_BYTES);
    String from = socket.getLocalAddress().getHostAddress() + ":" + socket.getLocalPort();
    return parse(answer, protocol, from);
  }

  private static Reply parse(byte[] answer, String protocol, String from) throws IOException {
    String text = new String(answer, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0 || !text.matches("(?s)HTTP/1\\.1 [0-9]{3}[ \r].*")) {
      throw new IOException(
          text.isEmpty() ? "connection closed without an answer" : "not an HTTP answer");
    }
    String[] lines = text.substring(0, end).split("\r\n");
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        headers.put(
            lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
            lines[i].substring(colon + 1).strip());
      }
    }
    String body = new String(answer, end + 4, answer.length - end - 4, StandardCharsets.UTF_8);
    String length = headers.getOrDefault("content-length", "");
    if (!length.isEmpty() && !length.equals(Integer.toString(answer.length - end - 4))) {
      throw new IOException(
          "answer cut short: " + (answer.length - end - 4) + " of " + length + " bytes");
    }
    return new Reply(Integer.parseInt(text.substring(9, 12)), headers, body, protocol, from);
  }
}
