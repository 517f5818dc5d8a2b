package io.portcullis.perf.staging;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executors;

/// Switches faults while a pool runs: `GET /faults` lists them, `PUT /faults/NAME` switches one on, `DELETE` off.
///
/// Loopback only: whoever reaches it decides how the pool behaves.
final class ControlPort implements AutoCloseable {
  private final HttpServer server;
  private final Faults faults;
  private final List<Server> servers;

  ControlPort(int port, Faults faults, List<Server> servers) throws IOException {
    this.faults = faults;
    this.servers = List.copyOf(servers);
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new IOException(
          "the control port %d is not to be had: %s; give another with --control PORT"
              .formatted(port, e.getMessage()),
          e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/faults", this::answer);
    server.createContext("/status", exchange -> send(exchange, 200, status()));
    server.start();
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String word = path.length() > 8 ? path.substring(8) : "";
    try {
      switch (exchange.getRequestMethod()) {
        case "PUT", "POST" -> faults.set(Fault.of(word), true);
        case "DELETE" -> {
          if (word.isEmpty()) {
            faults.clear();
          } else {
            faults.set(Fault.of(word), false);
          }
        }
        default -> {}
      }
      send(exchange, 200, list());
    } catch (IllegalArgumentException e) {
      send(exchange, 404, e.getMessage() + "\n");
    }
  }

  private String list() {
    StringBuilder text = new StringBuilder();
    for (Fault fault : Fault.values()) {
      text.append(
          "%-3s  %-22s  %s%n"
              .formatted(faults.has(fault) ? "on" : "off", fault.word(), fault.what()));
    }
    return text.toString();
  }

  private String status() {
    StringBuilder text = new StringBuilder();
    for (Server each : servers) {
      text.append(
          "%s pending=%d abandoned=%d mcx=%d%n"
              .formatted(
                  each.name(),
                  each.ucwa().pending(),
                  each.ucwa().abandoned(),
                  each.mcx().pending()));
    }
    return text.toString();
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
