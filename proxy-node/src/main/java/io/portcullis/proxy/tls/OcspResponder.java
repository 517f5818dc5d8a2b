package io.portcullis.proxy.tls;

import io.portcullis.proxy.message.Limits;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Asks responders over HTTP (RFC 6960 appendix A.1): one question at a time, in bounded time, for an answer of bounded size.
interface OcspResponder {

  byte[] ask(URI responder, byte[] question) throws IOException, InterruptedException;

  static OcspResponder overHttp() {
    return overHttp(Limits.OCSP_PATIENCE);
  }

  /// @param patience from the question to the last byte of the answer; the request's own time ends with the head of the answer
  static OcspResponder overHttp(Duration patience) {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience)
            .build();
    return (responder, question) -> {
      HttpRequest request =
          HttpRequest.newBuilder(responder)
              .header("Content-Type", "application/ocsp-request")
              .POST(HttpRequest.BodyPublishers.ofByteArray(question))
              .build();
      CompletableFuture<HttpResponse<byte[]>> asked =
          client.sendAsync(
              request,
              HttpResponse.BodyHandlers.limiting(
                  HttpResponse.BodyHandlers.ofByteArray(), Limits.OCSP_BYTES));
      try {
        HttpResponse<byte[]> answer = asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (answer.statusCode() != 200) {
          throw new IOException("it answered " + answer.statusCode());
        }
        return answer.body();
      } catch (TimeoutException e) {
        throw new IOException("it did not answer within " + patience.toMillis() + " ms", e);
      } catch (ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        throw new IOException(
            cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
      } finally {
        asked.cancel(true);
      }
    };
  }
}
