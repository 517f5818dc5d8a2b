package io.portcullis.farm.verify;

import io.portcullis.farm.call.Cutoff;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// One connection to a node or a member, verified as any client does; requests go one after another.
final class Line implements AutoCloseable {
  private static final int MAX_HEAD_BYTES = 64 * 1024;
  private static final int MAX_BODY_BYTES = 1 << 20;

  /// Oldest first; a floor cuts from the left.
  private static final List<String> VERSIONS = List.of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");

  private final Socket tcp;
  private final Socket socket;
  private final InputStream in;
  private Duration patience;
  private @Nullable Reply begun;

  /// @param socket the one to talk through: `tcp` itself, or TLS over it
  /// @param patience for each whole answer
  private Line(Socket tcp, Socket socket, Duration patience) throws IOException {
    this.tcp = tcp;
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.patience = patience;
  }

  /// Where to, and as what.
  ///
  /// @param serverName SNI, null sends none
  /// @param name that the certificate has to carry; null speaks in clear
  /// @param member towards a member, not a node
  record To(
      InetAddress address,
      int port,
      @Nullable String serverName,
      @Nullable String name,
      @Nullable Trust trust,
      String minVersion,
      boolean member,
      Duration patience) {

    static To clear(InetAddress address, int port, boolean member, Duration patience) {
      return new To(address, port, null, null, null, "TLSv1.2", member, patience);
    }

    String text() {
      return address.getHostAddress() + ":" + port;
    }
  }

  static Line open(To to, Instant now) throws Trouble {
    Socket tcp = connect(to);
    Trust trust = to.trust();
    String name = to.name();
    try {
      return trust == null || name == null
          ? new Line(tcp, tcp, to.patience())
          : overTls(to, tcp, trust, name, now);
    } catch (IOException e) {
      close(tcp);
      throw new Trouble(silent(to), to.text() + ": " + e.getMessage());
    } catch (Trouble e) {
      close(tcp);
      throw e;
    }
  }

  private static Line overTls(To to, Socket tcp, Trust trust, String name, Instant now)
      throws IOException, Trouble {
    Trouble late =
        new Trouble(
            silent(to),
            "%s: no end of its handshake%s".formatted(to.text(), within(to.patience())));
    Cutoff cutoff = Cutoff.after(to.patience(), tcp);
    Line line;
    try (cutoff) {
      line = new Line(tcp, secure(to, tcp, trust, name, now), to.patience());
    } catch (IOException | Trouble e) {
      if (cutoff.fell()) {
        throw late;
      }
      throw e;
    }
    if (cutoff.fell()) {
      throw late;
    }
    return line;
  }

  private static String within(Duration patience) {
    return " within %d ms".formatted(patience.toMillis());
  }

  private static Socket connect(To to) throws Trouble {
    Socket tcp = new Socket();
    try {
      tcp.connect(new InetSocketAddress(to.address(), to.port()), (int) to.patience().toMillis());
      tcp.setTcpNoDelay(true);
      return tcp;
    } catch (ConnectException e) {
      close(tcp);
      throw new Trouble(
          to.member() ? Diagnosis.MEMBER_REFUSED : Diagnosis.ENTRANCE_REFUSED,
          "nothing accepts connections on " + to.text());
    } catch (SocketTimeoutException | NoRouteToHostException e) {
      close(tcp);
      throw new Trouble(silent(to), "no answer from " + to.text());
    } catch (IOException e) {
      close(tcp);
      throw new Trouble(silent(to), to.text() + ": " + e.getMessage());
    }
  }

  private static Diagnosis silent(To to) {
    return to.member() ? Diagnosis.MEMBER_SILENT : Diagnosis.ENTRANCE_SILENT;
  }

  private static SSLSocket secure(To to, Socket tcp, Trust trust, String name, Instant now)
      throws IOException, Trouble {
    SSLSocket tls;
    try {
      tls = (SSLSocket) trust.context().getSocketFactory().createSocket(tcp, name, to.port(), true);
    } catch (GeneralSecurityException e) {
      throw new IOException("this Java has no TLS", e);
    }
    SSLParameters parameters = tls.getSSLParameters();
    String sni = to.serverName();
    parameters.setServerNames(sni == null ? List.of() : List.of(new SNIHostName(sni)));
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    List<String> supported = Arrays.asList(tls.getSupportedProtocols());
    parameters.setProtocols(
        VERSIONS.subList(Math.max(0, VERSIONS.indexOf(to.minVersion())), VERSIONS.size()).stream()
            .filter(supported::contains)
            .toArray(String[]::new));
    tls.setSSLParameters(parameters);
    try {
      tls.startHandshake();
      return tls;
    } catch (SSLException e) {
      throw handshake(to, trust, name, now, String.valueOf(e.getMessage()));
    }
  }

  private static Trouble handshake(To to, Trust trust, String name, Instant now, String said) {
    String lower = said.toLowerCase(Locale.ROOT);
    if (lower.contains("unsupported or unrecognized ssl message")) {
      return new Trouble(
          to.member() ? Diagnosis.MEMBER_NOT_TLS : Diagnosis.PUBLIC_NOT_TLS,
          to.text() + " does not speak TLS");
    }
    if (lower.contains("protocol")) {
      return new Trouble(
          to.member() ? Diagnosis.MEMBER_TLS_VERSION : Diagnosis.PUBLIC_TLS_VERSION,
          "%s speaks nothing from %s up: %s".formatted(to.text(), to.minVersion(), said));
    }
    return trust.refusal(name, now, to.member());
  }

  /// @param headers name and value in turn
  Reply ask(String method, String target, String host, String... headers) throws IOException {
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(target).append(" HTTP/1.1\r\nHost: ").append(host);
    head.append("\r\nUser-Agent: portcullis-verify\r\n");
    for (int i = 0; i + 1 < headers.length; i += 2) {
      head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
    }
    if (!method.equals("GET")) {
      head.append("Content-Length: 0\r\n");
    }
    begun = null;
    byte[] bytes = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    try (Cutoff cutoff = Cutoff.after(patience, tcp)) {
      try {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return read();
      } catch (IOException e) {
        if (cutoff.fell()) {
          throw new SocketTimeoutException("no whole answer" + within(patience));
        }
        throw e;
      }
    }
  }

  /// As [#ask]; an answer whose body is too long, or does not end, is known by its head.
  Reply askForStatus(String method, String target, String host) throws IOException {
    try {
      return ask(method, target, host);
    } catch (IOException e) {
      if (begun != null) {
        return begun;
      }
      throw e;
    }
  }

  /// The certificate shown; null in clear.
  @Nullable X509Certificate leaf() {
    try {
      return socket instanceof SSLSocket tls
              && tls.getSession().getPeerCertificates()[0] instanceof X509Certificate leaf
          ? leaf
          : null;
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }

  String protocol() {
    return socket instanceof SSLSocket tls ? tls.getSession().getProtocol() : "in clear";
  }

  void patience(Duration longest) {
    patience = longest;
  }

  /// The answer behind all that say that it will come (RFC 9110 §15.2).
  private Reply read() throws IOException {
    Reply reply = head();
    while (reply.status() < 200 && reply.status() != 101) {
      reply = head();
    }
    begun = reply;
    return new Reply(reply.status(), reply.headers(), body(reply));
  }

  private Reply head() throws IOException {
    List<String> lines = new ArrayList<>();
    int total = 0;
    for (String line = line(); !line.isEmpty() || lines.isEmpty(); line = line()) {
      total += line.length();
      if (total > MAX_HEAD_BYTES) {
        throw new IOException("an answer head of more than " + MAX_HEAD_BYTES + " bytes");
      }
      lines.add(line);
    }
    String status = lines.getFirst();
    if (!status.matches("HTTP/1\\.[01] [0-9]{3}.*")) {
      throw new IOException("not an HTTP answer: " + status);
    }
    List<Reply.Field> fields = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.add(new Reply.Field(line.substring(0, colon), line.substring(colon + 1).strip()));
      }
    }
    return new Reply(Integer.parseInt(status.substring(9, 12)), fields, "");
  }

  private String body(Reply reply) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    String length = reply.first("Content-Length");
    String coding = reply.first("Transfer-Encoding");
    if (coding != null && coding.toLowerCase(Locale.ROOT).contains("chunked")) {
      for (int size = chunk(); size > 0; size = chunk()) {
        body.write(exactly(size));
        bounded(body.size());
        line();
      }
      line();
    } else if (length != null && length.matches("[0-9]{1,9}")) {
      bounded(Integer.parseInt(length));
      body.write(exactly(Integer.parseInt(length)));
    } else if (reply.status() != 204 && reply.status() != 304) {
      body.write(in.readNBytes(MAX_BODY_BYTES));
    }
    return body.toString(StandardCharsets.UTF_8);
  }

  private int chunk() throws IOException {
    String size = line().split(";", 2)[0].strip();
    if (!size.matches("[0-9A-Fa-f]{1,7}")) {
      throw new IOException("not a chunk size: " + size);
    }
    return Integer.parseInt(size, 16);
  }

  private byte[] exactly(int count) throws IOException {
    bounded(count);
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new IOException("the answer was cut short");
    }
    return bytes;
  }

  private static void bounded(int size) throws IOException {
    if (size > MAX_BODY_BYTES) {
      throw new IOException("an answer of more than " + MAX_BODY_BYTES + " bytes");
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the connection was closed without an answer");
      }
      if (line.length() > MAX_HEAD_BYTES) {
        throw new IOException("a line of more than " + MAX_HEAD_BYTES + " bytes");
      }
      line.append((char) c);
    }
    int end = line.length();
    return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
  }

  @Override
  public void close() {
    close(socket);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is over either way.
    }
  }
}
