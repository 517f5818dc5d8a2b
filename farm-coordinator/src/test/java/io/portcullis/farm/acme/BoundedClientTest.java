package io.portcullis.farm.acme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BoundedClientTest {
  private final CountDownLatch over = new CountDownLatch(1);
  private HttpServer server;
  private BoundedClient client;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/whole",
        exchange -> {
          exchange.sendResponseHeaders(201, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write("all of it".getBytes(StandardCharsets.US_ASCII));
          }
        });
    server.createContext(
        "/large",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(new byte[BoundedClient.MOST_BYTES + 1]);
          }
        });
    server.createContext(
        "/endless",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('x');
          exchange.getResponseBody().flush();
          await();
        });
    server.start();
    client = new BoundedClient(HttpClient.newHttpClient(), Duration.ofMillis(500));
  }

  private void await() throws IOException {
    try {
      over.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @AfterEach
  void stop() {
    over.countDown();
    client.close();
    server.stop(0);
  }

  private HttpRequest get(String path) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path))
        .build();
  }

  @Test
  void aWholeAnswerComesAsItsAskerWantsIt() throws Exception {
    BoundedClient patient = new BoundedClient(HttpClient.newHttpClient(), Duration.ofSeconds(60));
    HttpResponse<String> answer = patient.send(get("/whole"), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body()).isEqualTo("all of it");
    patient.close();
  }

  @Test
  void anAnswerThatIsTooLargeIsRefused() {
    BoundedClient patient = new BoundedClient(HttpClient.newHttpClient(), Duration.ofSeconds(60));
    assertThatThrownBy(() -> patient.send(get("/large"), HttpResponse.BodyHandlers.ofInputStream()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("capacity");
    patient.close();
  }

  @Test
  void anAnswerThatDoesNotEndIsGivenUp() {
    assertThatThrownBy(
            () -> client.send(get("/endless"), HttpResponse.BodyHandlers.ofInputStream()))
        .isInstanceOf(HttpTimeoutException.class)
        .hasMessageContaining("no whole answer");
  }
}
