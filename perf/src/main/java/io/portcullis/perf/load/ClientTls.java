package io.portcullis.perf.load;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.internal.tcnative.SSL;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// TLS towards the target, as a client that verifies what it is shown: chain and name, always.
final class ClientTls {

  private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(15);

  private final SslContext full;
  private final SslContext resuming;

  private ClientTls(SslContext full, SslContext resuming) {
    this.full = full;
    this.resuming = resuming;
  }

  /// @param trust PEM file of the CAs to trust, null for those of the JDK
  static ClientTls trusting(@Nullable Path trust) throws SSLException {
    SslContext full = context(trust);
    if (full.sessionContext() instanceof OpenSslSessionContext sessions) {
      sessions.setSessionCacheEnabled(false);
    }
    return new ClientTls(full, context(trust));
  }

  private static SslContext context(@Nullable Path trust) throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.OPENSSL)
            .endpointIdentificationAlgorithm("HTTPS")
            .protocols(List.of("TLSv1.3", "TLSv1.2"))
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    "http/1.1"));
    if (trust != null) {
      File file = trust.toFile();
      builder.trustManager(file);
    }
    return builder.build();
  }

  SslHandler handler(ByteBufAllocator allocator, String host, int port, boolean resume) {
    SslHandler handler = (resume ? resuming : full).newHandler(allocator, host, port);
    handler.setHandshakeTimeoutMillis(HANDSHAKE_LIMIT.toMillis());
    return handler;
  }

  /// Whether a finished handshake took up an earlier session.
  static boolean resumed(SslHandler handler) {
    return handler.engine() instanceof ReferenceCountedOpenSslEngine engine
        && SSL.isSessionReused(engine.sslPointer());
  }
}
