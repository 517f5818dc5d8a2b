package io.portcullis.farm.acme;

import io.portcullis.farm.call.BoundedCall;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/// An HTTP client, as acme4j wants one, whose answers are whole, small and in time.
final class BoundedClient extends HttpClient {
  /// A directory, an order of a hundred names, a chain: kilobytes. Of a broken or hostile authority no more than this is taken.
  static final int MOST_BYTES = 1 << 20;

  /// From the first byte that is sent to the last that is received. A leader has other orders to do.
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient client;
  private final Duration patience;

  BoundedClient(HttpClient client) {
    this(client, PATIENCE);
  }

  BoundedClient(HttpClient client, Duration patience) {
    this.client = client;
    this.patience = patience;
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    return new Answer<>(BoundedCall.sendWithin(patience, client, request, MOST_BYTES), handler);
  }

  /// An answer that came as bytes, as its asker wants it.
  private static final class Answer<T> implements HttpResponse<T> {
    private final HttpResponse<byte[]> bytes;
    private final T body;

    Answer(HttpResponse<byte[]> bytes, BodyHandler<T> handler) {
      this.bytes = bytes;
      BodySubscriber<T> subscriber =
          handler.apply(
              new ResponseInfo() {
                @Override
                public int statusCode() {
                  return bytes.statusCode();
                }

                @Override
                public HttpHeaders headers() {
                  return bytes.headers();
                }

                @Override
                public Version version() {
                  return bytes.version();
                }
              });
      subscriber.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long n) {
              // All of it is given at once.
            }

            @Override
            public void cancel() {
              // Nothing is under way.
            }
          });
      subscriber.onNext(List.of(ByteBuffer.wrap(bytes.body())));
      subscriber.onComplete();
      body = subscriber.getBody().toCompletableFuture().join();
    }

    @Override
    public int statusCode() {
      return bytes.statusCode();
    }

    @Override
    public HttpRequest request() {
      return bytes.request();
    }

    @Override
    public Optional<HttpResponse<T>> previousResponse() {
      return Optional.empty();
    }

    @Override
    public HttpHeaders headers() {
      return bytes.headers();
    }

    @Override
    public T body() {
      return body;
    }

    @Override
    public Optional<javax.net.ssl.SSLSession> sslSession() {
      return bytes.sslSession();
    }

    @Override
    public java.net.URI uri() {
      return bytes.uri();
    }

    @Override
    public Version version() {
      return bytes.version();
    }
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    throw new UnsupportedOperationException("only whole answers");
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request,
      HttpResponse.BodyHandler<T> handler,
      HttpResponse.PushPromiseHandler<T> push) {
    throw new UnsupportedOperationException("only whole answers");
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return client.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return client.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return client.followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return client.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return client.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return client.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return client.authenticator();
  }

  @Override
  public Version version() {
    return client.version();
  }

  @Override
  public Optional<Executor> executor() {
    return client.executor();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
