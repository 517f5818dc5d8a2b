package io.portcullis.farm.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.identity.FarmTrust;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.LiveContext;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.store.StoreException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The admin API's doorway: TLS 1.3 with a wanted client certificate, bounded requests, and every failure as an answer with
/// the way out. What is behind it is [AdminRoutes].
public final class AdminServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

  /// Operators and joiners are few; more than this at once is a mistake or an attack, and waits in the kernel or is refused.
  private static final int MAX_EXCHANGES = 64;

  private static final int MAX_CONNECTIONS = 512;

  private static final int BACKLOG = 64;

  /// A request that takes longer to arrive than a large document over a slow line is cut off.
  private static final int MAX_REQUEST_SECONDS = 120;

  /// A change is answered when its canary has finished its trial: [RevisionRound#LONGEST_TRIAL], and the votes.
  private static final int MAX_ANSWER_SECONDS = 900;

  /// What the JDK's server reads of a request that nobody wanted: `sun.net.httpserver.drainAmount`.
  private static final int MAX_REST_BYTES = 64 << 10;

  /// What may still run when the coordinator stops.
  private static final int STOP_SECONDS = 1;

  static {
    // The JDK's server knows these limits as system properties only, read at its first use.
    limit("sun.net.httpserver.maxReqTime", MAX_REQUEST_SECONDS);
    limit("sun.net.httpserver.maxRspTime", MAX_ANSWER_SECONDS);
    limit("jdk.httpserver.maxConnections", MAX_CONNECTIONS);
  }

  private final HttpsServer server;
  private final ExecutorService threads;
  private final AdminRoutes routes;
  private final LiveContext tls;
  private volatile FarmTrust trust;
  private final Semaphore room = new Semaphore(MAX_EXCHANGES);

  private AdminServer(
      HttpsServer server,
      ExecutorService threads,
      AdminRoutes routes,
      LiveContext tls,
      FarmTrust trust) {
    this.server = server;
    this.threads = threads;
    this.routes = routes;
    this.tls = tls;
    this.trust = trust;
  }

  private static SSLContext context(IdentityFile identity)
      throws GeneralSecurityException, IOException {
    return identity.sslContext(
        Arrays.stream(Role.values()).map(Role::word).collect(Collectors.toSet()));
  }

  /// Shows and trusts what `identity` says from now on: for new connections, and for each further request on those that are open.
  public void use(IdentityFile identity) throws GeneralSecurityException, IOException {
    tls.use(context(identity));
    trust = identity.trust();
  }

  /// @throws IOException if the address cannot be bound
  public static AdminServer start(InetSocketAddress bind, IdentityFile identity, AdminRoutes routes)
      throws IOException, GeneralSecurityException {
    HttpsServer server = HttpsServer.create(bind, BACKLOG);
    LiveContext tls = LiveContext.of(context(identity));
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters connection) {
            SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
            wanted.setProtocols(new String[] {"TLSv1.3"});
            wanted.setWantClientAuth(true);
            connection.setSSLParameters(wanted);
          }
        });
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(threads);
    AdminServer admin = new AdminServer(server, threads, routes, tls, identity.trust());
    server.createContext("/", admin::answer);
    server.start();
    return admin;
  }

  private static void limit(String property, int value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(value));
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    boolean admitted = room.tryAcquire();
    try (exchange) {
      Answer answer =
          admitted
              ? asked((HttpsExchange) exchange)
              : Answer.error(503, "too many requests at once", "try again in a moment");
      if (admitted && answer.status() >= 400) {
        // Its answer is small, and what is left of it may come slowly: others need not wait for
        // that.
        room.release();
        admitted = false;
      }
      takeTheRest(exchange);
      byte[] body = answer.body() == null ? new byte[0] : WireJson.write(answer.body());
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
      if (body.length > 0) {
        try (OutputStream out = exchange.getResponseBody()) {
          out.write(body);
        }
      }
    } finally {
      if (admitted) {
        room.release();
      }
    }
  }

  /// What a refusal left of the request is read before it is answered. The JDK's server would do that afterwards, and if the client's next
  /// request comes with the rest, it lies in the TLS engine unseen until the idle connection is closed, half a minute later. Of more than
  /// the JDK itself would read, the connection ends with the answer.
  private static void takeTheRest(HttpExchange exchange) {
    byte[] piece = new byte[4096];
    int left = MAX_REST_BYTES;
    try {
      int some = 0;
      while (left > 0 && some >= 0) {
        some = exchange.getRequestBody().read(piece);
        left -= Math.max(some, 0);
      }
    } catch (IOException e) {
      LOG.debug("the rest of a request from {}", exchange.getRemoteAddress(), e);
      left = 0;
    }
    if (left <= 0) {
      exchange.getResponseHeaders().set("Connection", "close");
    }
  }

  private Answer asked(HttpsExchange exchange) {
    try {
      return routes.answer(AdminRequest.of(exchange, trust));
    } catch (Refusal e) {
      return Answer.error(e.status(), message(e), e.hint());
    } catch (StoreException e) {
      LOG.warn("store: {}", message(e), e.getCause());
      return storeFailed(e);
    } catch (IOException e) {
      return Answer.error(400, message(e), "use the farmctl of this release");
    } catch (GeneralSecurityException | RuntimeException e) {
      LOG.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestURI(), e);
      return Answer.error(500, "the coordinator failed: " + e, "see its log");
    }
  }

  private static Answer storeFailed(StoreException e) {
    return switch (e.kind()) {
      case UNREACHABLE ->
          Answer.error(
              503,
              "the farm's store does not answer: " + message(e),
              "nodes keep serving; check the coordinator's disk and log, then try again");
      case DENIED -> Answer.error(500, message(e), "see the coordinator's log");
      case BAD_DATA, DEPOSED -> Answer.error(500, message(e), "see the coordinator's log");
    };
  }

  private static String message(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  @Override
  public void close() {
    server.stop(STOP_SECONDS);
    threads.shutdownNow();
  }

  /// @param body a wire record, or null for none
  record Answer(int status, @org.jspecify.annotations.Nullable Object body) {
    /// There is nothing to say about it.
    static final Answer DONE = new Answer(204, null);

    static Answer ok(Object body) {
      return new Answer(200, body);
    }

    static Answer error(int status, String message, String hint) {
      return new Answer(status, new Wire.ErrorResponse(message, hint));
    }
  }
}
