package io.portcullis.perf.staging;

import java.net.Socket;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// One request on one connection of one member.
///
/// @param external whether it came to the external web site
/// @param ntlm whose connection this is
/// @param input where the next request will come from; lets a held answer see that the peer is gone
record Exchange(
    Server server,
    boolean external,
    long connection,
    long number,
    Socket socket,
    RawRequest request,
    RequestBody body,
    NtlmSession ntlm,
    ConnectionInput input) {

  boolean has(Fault fault) {
    return server.faults().has(fault);
  }

  /// The host asked for, lower case, without a port.
  String host() {
    if (has(Fault.HOST_REWRITTEN)) {
      return server.poolName();
    }
    String host = request.header("Host");
    return host == null ? "" : host.toLowerCase(Locale.ROOT).replaceFirst(":[0-9]*$", "");
  }

  boolean wants(String type) {
    return request.headerSays("Accept", type);
  }

  /// The user this request may act for: of its web ticket, else of its connection.
  @Nullable String user() {
    String ticket = request.header("X-MS-WebTicket");
    String bearer = request.header("Authorization");
    if (ticket != null) {
      return server.tickets().user(ticket);
    }
    return bearer != null && bearer.regionMatches(true, 0, "Bearer ", 0, 7)
        ? server.tickets().user(bearer.substring(7))
        : null;
  }

  boolean overTls() {
    return socket instanceof SSLSocket;
  }

  StagingReport report(long bodyBytes) {
    SSLSession session = socket instanceof SSLSocket tls ? tls.getSession() : null;
    return new StagingReport(
        server.name(),
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
