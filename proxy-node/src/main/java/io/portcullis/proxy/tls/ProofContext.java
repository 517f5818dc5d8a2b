package io.portcullis.proxy.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.OpenSslServerContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;

/// TLS for an authority that looks by tls-alpn-01: this certificate, this protocol, nothing resumed (RFC 8737 §3).
public final class ProofContext {

  static final String PROTOCOL = "acme-tls/1";

  private ProofContext() {}

  public static SslContext of(X509Certificate certificate, PrivateKey key) throws SSLException {
    SslContext context =
        SslContextBuilder.forServer(key, certificate)
            .sslProvider(SslProvider.OPENSSL)
            .protocols("TLSv1.2", "TLSv1.3")
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    ApplicationProtocolConfig.Protocol.ALPN,
                    ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                    ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                    PROTOCOL))
            .build();
    if (context instanceof OpenSslServerContext boring) {
      boring.sessionContext().setSessionCacheEnabled(false);
    }
    return context;
  }
}
