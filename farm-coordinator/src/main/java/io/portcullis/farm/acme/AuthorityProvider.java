package io.portcullis.farm.acme;

import io.portcullis.farm.codec.KnownRoots;
import io.portcullis.farm.codec.PemCertificates;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.connector.HttpConnector;
import org.shredzone.acme4j.connector.NetworkSettings;
import org.shredzone.acme4j.provider.GenericAcmeProvider;

/// How acme4j reaches an authority: over one bounded HTTP client that trusts what the document says, or this machine's roots.
final class AuthorityProvider extends GenericAcmeProvider {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final BoundedClient client;

  private AuthorityProvider(BoundedClient client) {
    this.client = client;
  }

  /// @param trustPem the CA of the directory's own certificate; null = the roots that this machine trusts
  static AuthorityProvider trusting(@Nullable String trustPem) throws AcmeFailure {
    try {
      List<X509Certificate> roots =
          trustPem == null ? KnownRoots.ofThisMachine().all() : PemCertificates.read(trustPem);
      return new AuthorityProvider(
          new BoundedClient(
              HttpClient.newBuilder()
                  .connectTimeout(CONNECT)
                  .version(HttpClient.Version.HTTP_1_1)
                  .followRedirects(HttpClient.Redirect.NEVER)
                  .sslContext(context(roots))
                  .build()));
    } catch (GeneralSecurityException | IOException e) {
      throw new AcmeFailure("the trust bundle of the authority is not usable: " + e.getMessage());
    }
  }

  private static SSLContext context(List<X509Certificate> roots)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    for (int i = 0; i < roots.size(); i++) {
      trusted.setCertificateEntry("root-" + i, roots.get(i));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  void close() {
    client.close();
  }

  @Override
  protected HttpConnector createHttpConnector(NetworkSettings settings) {
    return new HttpConnector(settings) {
      @Override
      public HttpClient.Builder createClientBuilder() {
        return new Ready(client);
      }
    };
  }

  /// acme4j builds a client for every call; this one is built already.
  private record Ready(HttpClient client) implements HttpClient.Builder {
    @Override
    public HttpClient build() {
      return client;
    }

    @Override
    public HttpClient.Builder cookieHandler(CookieHandler handler) {
      return this;
    }

    @Override
    public HttpClient.Builder connectTimeout(Duration duration) {
      return this;
    }

    @Override
    public HttpClient.Builder sslContext(SSLContext context) {
      return this;
    }

    @Override
    public HttpClient.Builder sslParameters(SSLParameters parameters) {
      return this;
    }

    @Override
    public HttpClient.Builder executor(Executor executor) {
      return this;
    }

    @Override
    public HttpClient.Builder followRedirects(HttpClient.Redirect policy) {
      return this;
    }

    @Override
    public HttpClient.Builder version(HttpClient.Version version) {
      return this;
    }

    @Override
    public HttpClient.Builder priority(int priority) {
      return this;
    }

    @Override
    public HttpClient.Builder proxy(ProxySelector selector) {
      return this;
    }

    @Override
    public HttpClient.Builder authenticator(Authenticator authenticator) {
      return this;
    }

    @Override
    public HttpClient.Builder localAddress(InetAddress address) {
      return this;
    }
  }
}
