package io.portcullis.perf.compare;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// Fetches every body through both ports of a contender and compares each byte; sends one up and sees that it arrived whole.
/// Sockets of the JDK: nothing here is shared with what is measured.
final class BodyCheck {

  private static final int LIMIT_MILLIS = 20_000;
  private static final int UPLOAD_BYTES = 1 << 20;
  private static final int MAX_ANSWER_BYTES = 4 << 20;

  private final SSLContext tls;

  BodyCheck(Bench bench) throws IOException {
    try (InputStream pem = Files.newInputStream(bench.file("ca.pem"))) {
      KeyStore trust = KeyStore.getInstance("PKCS12");
      trust.load(null, null);
      trust.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
      TrustManagerFactory managers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trust);
      tls = SSLContext.getInstance("TLS");
      tls.init(null, managers.getTrustManagers(), null);
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot trust " + bench.file("ca.pem"), e);
    }
  }

  /// @return what is wrong, by port; empty if nothing is
  List<String> of(Contender contender) {
    List<String> wrong = new ArrayList<>();
    for (boolean secure : new boolean[] {true, false}) {
      int port = secure ? contender.https() : contender.http();
      String side = secure ? "https" : "http";
      for (int size : Bench.SIZES) {
        expect(
            wrong,
            side + " /bytes/" + size,
            port,
            secure,
            head("GET /bytes/" + size, ""),
            new byte[0],
            Bench.content(size));
      }
      expect(
          wrong,
          side + " upload",
          port,
          secure,
          head("POST /sink", "Content-Length: " + UPLOAD_BYTES + "\r\n"),
          Bench.content(UPLOAD_BYTES),
          "taken\n".getBytes(StandardCharsets.US_ASCII));
    }
    return wrong;
  }

  private static String head(String start, String fields) {
    return start
        + " HTTP/1.1\r\nHost: "
        + Bench.NAME
        + "\r\nConnection: close\r\n"
        + fields
        + "\r\n";
  }

  private void expect(
      List<String> wrong,
      String what,
      int port,
      boolean secure,
      String head,
      byte[] sent,
      byte[] wanted) {
    try (Socket socket = open(port, secure)) {
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(sent);
      socket.getOutputStream().flush();
      byte[] answer = socket.getInputStream().readNBytes(MAX_ANSWER_BYTES);
      String complaint = complaint(answer, wanted);
      if (!complaint.isEmpty()) {
        wrong.add(what + ": " + complaint);
      }
    } catch (IOException e) {
      wrong.add(what + ": " + e.getMessage());
    }
  }

  /// Empty if it is a complete 200 with that body.
  static String complaint(byte[] answer, byte[] wanted) {
    String text = new String(answer, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0 || !text.startsWith("HTTP/1.1 200")) {
      return text.lines().findFirst().orElse("no answer");
    }
    byte[] body = Arrays.copyOfRange(answer, end + 4, answer.length);
    int at = Arrays.mismatch(body, wanted);
    return at < 0 ? "" : "differs at byte %d of %d".formatted(at, wanted.length);
  }

  private Socket open(int port, boolean secure) throws IOException {
    Socket tcp = new Socket();
    tcp.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), LIMIT_MILLIS);
    tcp.setSoTimeout(LIMIT_MILLIS);
    if (!secure) {
      return tcp;
    }
    SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(tcp, Bench.NAME, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }
}
