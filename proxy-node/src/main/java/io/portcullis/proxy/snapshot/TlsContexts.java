package io.portcullis.proxy.snapshot;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.message.CollectedContext;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Makes TLS contexts of BoringSSL, or takes over those of the previous snapshot that were made from the same content:
/// a publish that does not touch a certificate keeps its sessions, tickets and buffers.
final class TlsContexts {

  private static final List<String> HTTP_1 = List.of("http/1.1");
  private static final List<String> HTTP_2 = List.of("h2", "http/1.1");

  /// Netty hands the key over in a key store that lives for a moment and in memory. The default kind would derive a key from a password
  /// first, with ten thousand rounds, for each certificate of a publish.
  private static final String PASSING = "JKS";

  /// Clients are not asked for certificates, and one would not be believed. Without a word on it, each context would load the JDK's
  /// hundred and fifty authorities: most of the time of a publish, and their memory.
  private static final X509Certificate[] NOBODY = {};

  private final Map<String, SslContext> previous;
  private final Map<String, SslContext> used = new HashMap<>();

  TlsContexts(@Nullable Snapshot previous) {
    this.previous = previous == null ? Map.of() : previous.tls();
  }

  private interface Maker {
    SslContext make() throws SSLException;
  }

  private SslContext reuse(String key, Maker maker) throws SSLException {
    SslContext known = used.containsKey(key) ? used.get(key) : previous.get(key);
    SslContext context = known != null ? known : maker.make();
    used.put(key, context);
    return context;
  }

  /// @param http2 make a second context that has HTTP/2 among its protocols
  ServerIdentity server(ServerCertificate certificate, TlsVersion floor, boolean http2)
      throws SSLException {
    return new ServerIdentity(
        server(certificate, floor, HTTP_1),
        http2 ? server(certificate, floor, HTTP_2) : null,
        KeyKind.of(certificate.chain().getFirst().getPublicKey()),
        certificate.chain());
  }

  private SslContext server(ServerCertificate certificate, TlsVersion floor, List<String> protocols)
      throws SSLException {
    return reuse(
        Pem.sha256("server", certificate.fingerprint(), floor.word(), String.join(",", protocols)),
        () -> makeServer(certificate, floor, protocols));
  }

  private static SslContext makeServer(
      ServerCertificate certificate, TlsVersion floor, List<String> protocols) throws SSLException {
    SslContext context =
        CollectedContext.of(
            SslContextBuilder.forServer(
                    certificate.key(), certificate.chain().toArray(X509Certificate[]::new))
                .keyStoreType(PASSING)
                .trustManager(NOBODY)
                .protocols(from(floor))
                .ciphers(CipherSuites.of(floor))
                .enableOcsp(true)
                .applicationProtocolConfig(
                    new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        protocols)));
    if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
      // Clients keep their sessions in tickets, whose keys come from outside (TicketKeyring).
      sessions.setSessionCacheEnabled(false);
      // A session made under one certificate is not resumed under another one that has the same
      // ticket keys, on any node (RFC 6066 §3, RFC 8446 §4.2.11).
      sessions.setSessionIdContext(certificate.chainHash());
    }
    return context;
  }

  /// Trusts what the bundle says and nothing else, and wants the name it connects to in the certificate.
  SslContext client(String trustPem, TlsVersion floor)
      throws SSLException, GeneralSecurityException {
    List<X509Certificate> trust = Pem.certificates(trustPem);
    return reuse(
        Pem.sha256("client", trustPem, floor.word()),
        () ->
            CollectedContext.of(
                SslContextBuilder.forClient()
                    .trustManager(trust.toArray(X509Certificate[]::new))
                    .endpointIdentificationAlgorithm("HTTPS")
                    .protocols(from(floor))
                    .ciphers(CipherSuites.of(floor))));
  }

  private static List<String> from(TlsVersion floor) {
    return Arrays.stream(TlsVersion.values())
        .filter(version -> version.compareTo(floor) >= 0)
        .map(TlsVersion::word)
        .toList();
  }

  /// Every context in use, by content.
  Map<String, SslContext> used() {
    return used;
  }
}
