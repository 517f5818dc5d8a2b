package io.portcullis.proxy.snapshot;

import io.netty.handler.ssl.SslContext;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One certificate as clients meet it.
///
/// @param http2 the same certificate with HTTP/2 among its protocols; null where no rule of the listener offers it
/// @param kind decides which clients can verify its signature
/// @param chain leaf first, as it is served
public record ServerIdentity(
    SslContext context, @Nullable SslContext http2, KeyKind kind, List<X509Certificate> chain) {

  public ServerIdentity {
    chain = List.copyOf(chain);
  }

  /// One or two.
  public List<SslContext> contexts() {
    SslContext other = http2;
    return other == null ? List.of(context) : List.of(context, other);
  }
}
