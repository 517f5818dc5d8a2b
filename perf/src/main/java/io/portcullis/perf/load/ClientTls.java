package io.portcullis.perf.load;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.internal.tcnative.SSL;
import java.io.File;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// TLS towards the target, as a client that verifies what it is shown: chain and name, always.
final class ClientTls {

  private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(15);

  private final @Nullable KeyKind key;
  private final SslContext full;
  private final SslContext resuming;

  private ClientTls(@Nullable KeyKind key, SslContext full, SslContext resuming) {
    this.key = key;
    this.full = full;
    this.resuming = resuming;
  }

  /// @param trust PEM file of the CAs to trust, null for those of the JDK
  /// @param offer with a kind of certificate, the JDK's TLS is used: BoringSSL's binding cannot choose the signatures that a client
  ///     offers
  static ClientTls trusting(@Nullable Path trust, Offer offer) throws SSLException {
    KeyKind key = offer.key();
    SslProvider provider = key == null ? SslProvider.OPENSSL : SslProvider.JDK;
    SslContext full = context(trust, provider, offer.classical());
    if (full.sessionContext() instanceof OpenSslSessionContext sessions) {
      sessions.setSessionCacheEnabled(false);
    }
    return new ClientTls(key, full, context(trust, provider, offer.classical()));
  }

  private static SslContext context(@Nullable Path trust, SslProvider provider, boolean classical)
      throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(provider)
            .endpointIdentificationAlgorithm("HTTPS")
            .protocols(List.of("TLSv1.3", "TLSv1.2"))
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    "http/1.1"));
    if (classical && provider == SslProvider.OPENSSL) {
      builder.option(OpenSslContextOption.GROUPS, new String[] {"x25519"});
    }
    if (trust != null) {
      File file = trust.toFile();
      builder.trustManager(file);
    }
    return builder.build();
  }

  SslHandler handler(ByteBufAllocator allocator, String host, int port, boolean resume) {
    SslContext context = resume ? resuming : full;
    if (!resume && key != null) {
      forgetSessions(context);
    }
    SslHandler handler = context.newHandler(allocator, host, port);
    if (key != null) {
      SSLParameters parameters = handler.engine().getSSLParameters();
      parameters.setSignatureSchemes(key.schemes());
      parameters.setProtocols(new String[] {"TLSv1.3"});
      handler.engine().setSSLParameters(parameters);
    }
    handler.setHandshakeTimeoutMillis(HANDSHAKE_LIMIT.toMillis());
    return handler;
  }

  /// What a finished handshake agreed on, in words: version, cipher suite, group, kind of key.
  static String agreed(SslHandler handler) {
    SSLSession session = handler.engine().getSession();
    return String.join(
        " ", session.getProtocol(), session.getCipherSuite(), group(handler), key(session));
  }

  private static String group(SslHandler handler) {
    try {
      return handler.engine() instanceof ReferenceCountedOpenSslEngine engine
          ? String.valueOf(SSL.getGroupName(engine.sslPointer()))
          : "?";
    } catch (Exception e) {
      return "?"; // the binding's signature says no more than that it may fail
    }
  }

  private static String key(SSLSession session) {
    try {
      return switch (session.getPeerCertificates()[0].getPublicKey()) {
        case ECPublicKey ec -> "EC-" + ec.getParams().getCurve().getField().getFieldSize();
        case RSAPublicKey rsa -> "RSA-" + rsa.getModulus().bitLength();
        case PublicKey other -> other.getAlgorithm();
      };
    } catch (SSLPeerUnverifiedException e) {
      return "?";
    }
  }

  /// The JDK's cache of a client's sessions cannot be turned off.
  private static void forgetSessions(SslContext context) {
    for (byte[] id : Collections.list(context.sessionContext().getIds())) {
      SSLSession session = context.sessionContext().getSession(id);
      if (session != null) {
        session.invalidate();
      }
    }
  }

  /// Whether a finished handshake took up an earlier session.
  ///
  /// @param began when the connection was made, in the wall clock's milliseconds: a session of the JDK's is as old as the first
  ///     handshake of it
  static boolean resumed(SslHandler handler, long began) {
    return handler.engine() instanceof ReferenceCountedOpenSslEngine engine
        ? SSL.isSessionReused(engine.sslPointer())
        : handler.engine().getSession().getCreationTime() < began;
  }
}
