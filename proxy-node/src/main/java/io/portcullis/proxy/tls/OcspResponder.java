package io.portcullis.proxy.tls;

import io.portcullis.proxy.message.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/// Asks responders over HTTP (RFC 6960 appendix A.1): one question at a time, in bounded time, for an answer of bounded size.
interface OcspResponder {

  byte[] ask(URI responder, byte[] question) throws IOException, InterruptedException;

  static OcspResponder overHttp() {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Limits.OCSP_PATIENCE)
            .build();
    return (responder, question) -> {
      HttpRequest request =
          HttpRequest.newBuilder(responder)
              .timeout(Limits.OCSP_PATIENCE)
              .header("Content-Type", "application/ocsp-request")
              .POST(HttpRequest.BodyPublishers.ofByteArray(question))
              .build();
      HttpResponse<InputStream> answer =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        byte[] bytes = body.readNBytes(Limits.OCSP_BYTES + 1);
        if (answer.statusCode() != 200) {
          throw new IOException("it answered " + answer.statusCode());
        }
        if (bytes.length > Limits.OCSP_BYTES) {
          throw new IOException("its answer is longer than " + Limits.OCSP_BYTES + " bytes");
        }
        return bytes;
      }
    };
  }
}
