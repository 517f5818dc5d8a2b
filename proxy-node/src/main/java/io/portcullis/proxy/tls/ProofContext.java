package io.portcullis.proxy.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.portcullis.proxy.message.CollectedContext;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;

/// TLS for an authority that looks by tls-alpn-01: this certificate, this protocol, nothing resumed (RFC 8737 §3).
public final class ProofContext {

  static final String PROTOCOL = "acme-tls/1";

  private ProofContext() {}

  public static SslContext of(X509Certificate certificate, PrivateKey key) throws SSLException {
    SslContext context =
        CollectedContext.of(
            SslContextBuilder.forServer(key, certificate)
                .protocols("TLSv1.2", "TLSv1.3")
                .applicationProtocolConfig(
                    new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        PROTOCOL)));
    if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
      sessions.setSessionCacheEnabled(false);
    }
    return context;
  }
}
