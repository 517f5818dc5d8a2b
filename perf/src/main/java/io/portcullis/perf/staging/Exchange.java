package io.portcullis.perf.staging;

import java.net.Socket;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// One request on one connection of one member.
record Exchange(
    String member,
    long connection,
    long number,
    Socket socket,
    RawRequest request,
    RequestBody body) {

  boolean overTls() {
    return socket instanceof SSLSocket;
  }

  StagingReport report(long bodyBytes) {
    SSLSession session = socket instanceof SSLSocket tls ? tls.getSession() : null;
    return new StagingReport(
        member,
        connection,
        number,
        session == null ? "http" : "https",
        session == null ? null : session.getProtocol(),
        session == null ? null : session.getCipherSuite(),
        session == null ? null : serverName(session),
        socket.getInetAddress().getHostAddress() + ":" + socket.getPort(),
        request.line(),
        request.headers(),
        bodyBytes);
  }

  private static @Nullable String serverName(SSLSession session) {
    if (session instanceof ExtendedSSLSession extended) {
      for (var name : extended.getRequestedServerNames()) {
        if (name instanceof SNIHostName host) {
          return host.getAsciiName();
        }
      }
    }
    return null;
  }
}
