package io.portcullis.proxy.observe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node's own pages, on an address of their own and on threads of their own: what happens here costs no client anything. They
/// show, and change nothing; they hold no secret, but say much about the inside, so the address should be one that only operators reach.
public final class AdminListener implements AutoCloseable {

  /// What a page answers.
  ///
  /// @param type its media type
  public record Reply(int status, String type, String body) {
    static final String TEXT = "text/plain; charset=utf-8";

    public static Reply text(int status, String body) {
      return new Reply(status, TEXT, body);
    }

    public static Reply json(int status, String body) {
      return new Reply(status, "application/json", body);
    }
  }

  /// One page.
  public interface Page {
    /// @param query decoded; the last of repeated parameters
    Reply answer(Map<String, String> query);
  }

  private static final Logger LOG = LoggerFactory.getLogger(AdminListener.class);
  private static final int BACKLOG = 32;

  /// Scrapers, load balancers' probes and a few people; what is more is closed at once, so that it takes no files from the clients.
  static final int MAX_CONNECTIONS = 256;

  private static final int MAX_REQUEST_SECONDS = 30;
  private static final int MAX_ANSWER_SECONDS = 60;

  static {
    // The JDK's server knows these limits as system properties only, read at its first use.
    limit("jdk.httpserver.maxConnections", MAX_CONNECTIONS);
    limit("sun.net.httpserver.maxReqTime", MAX_REQUEST_SECONDS);
    limit("sun.net.httpserver.maxRspTime", MAX_ANSWER_SECONDS);
  }

  private static void limit(String property, int value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(value));
    }
  }

  /// Questions are short.
  private static final int QUERY_LETTERS = 8 * 1024;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Page> pages;

  private AdminListener(HttpServer server, Map<String, Page> pages) {
    this.server = server;
    this.pages = new TreeMap<>(pages);
  }

  /// @param pages by path
  public static AdminListener open(InetSocketAddress address, Map<String, Page> pages)
      throws IOException {
    HttpServer server = HttpServer.create(address, BACKLOG);
    AdminListener listener = new AdminListener(server, pages);
    server.setExecutor(listener.threads);
    server.createContext("/", listener::handle);
    server.start();
    return listener;
  }

  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void handle(HttpExchange exchange) {
    try (exchange) {
      Reply reply = reply(exchange);
      byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.getResponseHeaders().set("Content-Type", reply.type());
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.sendResponseHeaders(reply.status(), head ? -1 : body.length);
      if (!head) {
        try (OutputStream out = exchange.getResponseBody()) {
          out.write(body);
        }
      }
    } catch (IOException e) {
      LOG.debug("an asker left: {}", e.toString());
    }
  }

  private Reply reply(HttpExchange exchange) {
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return Reply.text(405, "only GET and HEAD; nothing can be changed here\n");
    }
    Page page = pages.get(exchange.getRequestURI().getPath());
    if (page == null) {
      return Reply.text(404, "here are " + String.join(" ", pages.keySet()) + "\n");
    }
    try {
      return page.answer(query(exchange.getRequestURI().getRawQuery()));
    } catch (IllegalArgumentException e) {
      return Reply.text(400, e.getMessage() + "\n");
    } catch (RuntimeException e) {
      LOG.warn("the page {} failed", exchange.getRequestURI().getPath(), e);
      return Reply.text(500, "this page failed; the node's log says why\n");
    }
  }

  private static Map<String, String> query(@org.jspecify.annotations.Nullable String raw) {
    Map<String, String> query = new HashMap<>();
    if (raw == null) {
      return query;
    }
    if (raw.length() > QUERY_LETTERS) {
      throw new IllegalArgumentException("the question is longer than " + QUERY_LETTERS);
    }
    for (String pair : raw.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        query.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      }
    }
    return query;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
