package io.portcullis.proxy.observe;

import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.internal.tcnative.SSL;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLEngine;

/// What all exchanges of one client connection have in common.
///
/// @param client where the client is; the port too, because many share an address behind carriers' translators (RFC 6302)
/// @param tlsVersion as the protocol names it, such as `TLSv1.3`; empty on a clear listener
/// @param resumed the handshake took up an earlier session
public record ConnectionFacts(
    String listener,
    InetSocketAddress client,
    String tlsVersion,
    String tlsCipher,
    boolean resumed) {

  /// Netty's own session object does not tell.
  public static boolean isResumed(SSLEngine engine) {
    return engine instanceof ReferenceCountedOpenSslEngine open
        && SSL.isSessionReused(open.sslPointer());
  }
}
