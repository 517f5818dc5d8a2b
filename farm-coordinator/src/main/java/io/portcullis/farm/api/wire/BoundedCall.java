package io.portcullis.farm.api.wire;

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

  /// The answer began, and did not end in its time.
  public static final class Unfinished extends HttpTimeoutException {
    Unfinished(Duration rest) {
      super("its answer began, and did not end within %d s".formatted(rest.toSeconds()));
    }
  }

  /// @param request with its own time limit, to the head of the answer
  /// @param rest from there to the end of the answer
  /// @throws Unfinished if it takes longer; what else fails is as of [HttpClient#send]
  public static HttpResponse<byte[]> send(
      HttpClient http, HttpRequest request, long maxBytes, Duration rest)
      throws IOException, InterruptedException {
    if (request.timeout().isEmpty()) {
      throw new IllegalArgumentException("a request without a time limit");
    }
    HttpResponse.BodyHandler<byte[]> body =
        BodyHandlers.limiting(BodyHandlers.ofByteArray(), maxBytes);
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
      return asked.get(rest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      Unfinished unfinished = new Unfinished(rest);
      unfinished.initCause(e);
      throw unfinished;
    } catch (ExecutionException e) {
      throw failure(e);
    } finally {
      asked.cancel(true);
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
