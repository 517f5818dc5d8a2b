package io.portcullis.proxy.tls;

import io.portcullis.farm.call.BoundedCall;
import io.portcullis.proxy.message.Limits;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/// Asks responders over HTTP (RFC 6960 appendix A.1): one question at a time, in bounded time, for an answer of bounded size.
interface OcspResponder {

  byte[] ask(URI responder, byte[] question) throws IOException, InterruptedException;

  static OcspResponder overHttp() {
    return overHttp(Limits.OCSP_PATIENCE);
  }

  /// @param patience from the question to the last byte of the answer
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
      HttpResponse<byte[]> answer =
          BoundedCall.sendWithin(patience, client, request, Limits.OCSP_BYTES);
      if (answer.statusCode() != 200) {
        throw new IOException("it answered " + answer.statusCode());
      }
      return answer.body();
    };
  }
}
