package io.portcullis.farm.call;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One call over HTTP, bounded from the question to the last byte of the answer, in time and in size. The time that Java's HTTP client is
/// given ends with the head of the answer: who stops behind it would be waited for without end.
public final class BoundedCall {
  private BoundedCall() {}

  /// The answer did not end in its time.
  public static final class Unfinished extends HttpTimeoutException {
    Unfinished(String message, Throwable cause) {
      super(message);
      initCause(cause);
    }
  }

  /// With a time of its own for the answer's body: what is large may take long, once it comes.
  ///
  /// @param request with its own time limit, to the head of the answer
  /// @param rest from there to the end of the answer
  /// @throws Unfinished if it takes longer; what else fails is as of [HttpClient#send]
  public static HttpResponse<byte[]> send(
      HttpClient http, HttpRequest request, long maxBytes, Duration rest)
      throws IOException, InterruptedException {
    if (request.timeout().isEmpty()) {
      throw new IllegalArgumentException("a request without a time limit");
    }
    HttpResponse.BodyHandler<byte[]> body = upTo(maxBytes);
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<HttpResponse<byte[]>> asked =
        http.sendAsync(
            request,
            head -> {
              begun.countDown();
              return body.apply(head);
            });
    try {
      asked.whenComplete((_, _) -> begun.countDown());
      begun.await();
      return answer(
          asked, rest, "its answer began, and did not end within %d s".formatted(rest.toSeconds()));
    } finally {
      asked.cancel(true);
    }
  }

  /// @param patience from the question to the last byte of the answer
  /// @throws Unfinished if it takes longer; what else fails is as of [HttpClient#send]
  public static HttpResponse<byte[]> sendWithin(
      Duration patience, HttpClient http, HttpRequest request, long maxBytes)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> asked = http.sendAsync(request, upTo(maxBytes));
    try {
      return answer(asked, patience, "no whole answer within %d ms".formatted(patience.toMillis()));
    } finally {
      asked.cancel(true);
    }
  }

  private static HttpResponse.BodyHandler<byte[]> upTo(long maxBytes) {
    return BodyHandlers.limiting(BodyHandlers.ofByteArray(), maxBytes);
  }

  private static HttpResponse<byte[]> answer(
      CompletableFuture<HttpResponse<byte[]>> asked, Duration patience, String otherwise)
      throws IOException, InterruptedException {
    try {
      return asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new Unfinished(otherwise, e);
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  private static IOException failure(ExecutionException wrapped) {
    return switch (wrapped.getCause()) {
      case IOException e -> e;
      case RuntimeException e -> throw e;
      case null -> new IOException(wrapped);
      case Throwable e -> new IOException(e.getMessage(), e);
    };
  }
}
