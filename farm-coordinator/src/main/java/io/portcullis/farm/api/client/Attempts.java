package io.portcullis.farm.api.client;

import io.portcullis.farm.api.client.AdminException.Reason;
import io.portcullis.farm.call.BoundedCall;
import io.portcullis.farm.identity.IdentityFile;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// What a failed attempt at one coordinator means: in words, and for the next one.
final class Attempts {
  private Attempts() {}

  /// A request that changes the farm goes to the next coordinator only if this one cannot have seen it.
  static boolean mayTryNext(Exception failure, String method) {
    return method.equals("GET")
        || failure instanceof ConnectException
        || failure instanceof HttpConnectTimeoutException
        || failure instanceof SSLException
        || failure instanceof IllegalArgumentException
        || cause(failure, CertificateException.class) != null;
  }

  static String why(Exception failure, IdentityFile identity) {
    CertificateException certificate = cause(failure, CertificateException.class);
    if (certificate != null) {
      return "not a coordinator of farm " + identity.farm() + ": " + certificate.getMessage();
    }
    if (cause(failure, UnresolvedAddressException.class) != null
        || cause(failure, UnknownHostException.class) != null) {
      return "the name does not resolve";
    }
    return switch (failure) {
      case HttpConnectTimeoutException _ ->
          "no answer within " + AdminClient.CONNECT_TIMEOUT.toSeconds() + " s";
      case BoundedCall.Unfinished slow -> String.valueOf(slow.getMessage());
      case HttpTimeoutException _ ->
          "connected, but no answer within " + AdminClient.ANSWER_TIMEOUT.toSeconds() + " s";
      case ConnectException _ -> "connection refused";
      case SSLException tls -> tlsWords(tls, identity);
      case IllegalArgumentException _ -> "not an address of the form host:port";
      default -> {
        String message = failure.getMessage();
        // TLS 1.3: the client is done before the server has looked at its certificate, and the
        // alert may be lost with the connection.
        if (message != null && message.contains("received no bytes")) {
          yield "it closed the connection without an answer: it refuses the certificate of "
              + identity.id()
              + ", or is stopping";
        }
        yield message == null ? failure.getClass().getSimpleName() : message;
      }
    };
  }

  /// TLS alerts name the side that gave up: a received one is the coordinator refusing us.
  private static String tlsWords(SSLException tls, IdentityFile identity) {
    String message = String.valueOf(tls.getMessage());
    if (message.contains("Received fatal alert")) {
      return "it refuses the certificate of " + identity.id() + " (" + message + ")";
    }
    return message.contains("plaintext")
        ? "something answers there, but not in TLS"
        : "TLS failed: " + message;
  }

  static AdminException lost(String address, Exception failure) {
    return new AdminException(
        Reason.UNCERTAIN,
        "the answer of " + address + " was lost, so the change may or may not have been made",
        "look with \"farmctl history\" or \"farmctl status\" before trying again",
        failure);
  }

  static AdminException unreachable(String farm, List<String> tried) {
    return new AdminException(
        Reason.UNREACHABLE,
        "farm " + farm + " cannot be reached\n  " + String.join("\n  ", tried),
        "check that a coordinator runs and that this machine may connect to it; the nodes go on"
            + " serving meanwhile");
  }

  private static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> type) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (type.isInstance(at)) {
        return type.cast(at);
      }
    }
    return null;
  }
}
