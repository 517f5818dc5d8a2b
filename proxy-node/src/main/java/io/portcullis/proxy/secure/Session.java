package io.portcullis.proxy.secure;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.internal.tcnative.SSL;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// What the two sides of a connection agreed on.
///
/// @param version as the protocol names it, such as `TLSv1.3`
/// @param cipher as Java names it
/// @param resumed the handshake took up an earlier session
public record Session(String version, String cipher, boolean resumed) {

  static Session of(ReferenceCountedOpenSslEngine engine) {
    SSLSession agreed = engine.getSession();
    return new Session(
        agreed.getProtocol(), agreed.getCipherSuite(), SSL.isSessionReused(engine.sslPointer()));
  }

  /// @return null in clear, and before the handshake is over
  public static @Nullable Session of(Channel channel) {
    Records records = channel.pipeline().get(Records.class);
    return records == null ? null : records.session();
  }
}
