package io.portcullis.proxy.snapshot;

import io.netty.handler.ssl.SslContext;
import java.util.Map;

/// What is shown to an ACME authority that looks whether names are the farm's. Almost always nothing.
///
/// @param files what stands under `/.well-known/acme-challenge/`, by token (RFC 8555 §8.3)
/// @param handshakes contexts by server name in lower case, for clients that offer `acme-tls/1` (RFC 8737)
public record Proofs(Map<String, String> files, Map<String, SslContext> handshakes) {

  public static final Proofs NONE = new Proofs(Map.of(), Map.of());

  public Proofs {
    files = Map.copyOf(files);
    handshakes = Map.copyOf(handshakes);
  }
}
