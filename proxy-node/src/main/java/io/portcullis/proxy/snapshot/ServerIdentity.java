package io.portcullis.proxy.snapshot;

import io.netty.handler.ssl.SslContext;
import java.security.cert.X509Certificate;
import java.util.List;

/// One certificate as clients meet it.
///
/// @param kind decides which clients can verify its signature
/// @param chain leaf first, as it is served
public record ServerIdentity(SslContext context, KeyKind kind, List<X509Certificate> chain) {
  public ServerIdentity {
    chain = List.copyOf(chain);
  }
}
