package io.portcullis.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.exchange.Exchanges;
import io.portcullis.proxy.http.Connections;
import io.portcullis.proxy.listener.Listeners;
import io.portcullis.proxy.member.Bind;
import io.portcullis.proxy.message.Transport;
import io.portcullis.proxy.observe.AccessLog;
import io.portcullis.proxy.observe.NodeCounters;
import io.portcullis.proxy.observe.Observer;
import io.portcullis.proxy.persistence.Bindings;
import io.portcullis.proxy.rule.RuleTable;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.snapshot.ListenerSnapshot;
import io.portcullis.proxy.snapshot.Snapshot;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShowingTest {

  private final CurrentSnapshot current = new CurrentSnapshot(Snapshot.EMPTY);
  private final NodeCounters counters = new NodeCounters();
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @TempDir private Path directory = Path.of("");

  private Showing open(Listeners listeners, int port) throws StartRefused {
    NodeOptions options =
        new NodeOptions(
            null,
            null,
            null,
            null,
            Map.of(),
            new AccessLog.Settings(directory.resolve("access.log"), false, 1 << 20, 1),
            new NodeOptions.Admin(new Bind(InetAddress.getLoopbackAddress(), port), true),
            null,
            Duration.ZERO);
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    Showing showing = Showing.begin(options, new NodeName(), out);
    showing.open(current, counters, listeners, Bindings.none());
    return showing;
  }

  private Listeners listeners() {
    return new Listeners(
        current,
        new Connections(new Exchanges(current, counters, Observer.NOBODY)),
        Transport.NIO,
        1);
  }

  private HttpResponse<String> get(String path) throws Exception {
    String line = said.toString(StandardCharsets.UTF_8).lines().skip(1).findFirst().orElseThrow();
    URI uri = URI.create("http://" + line.substring("admin ".length()) + path);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void readyMeansServingAndNotStopping() throws Exception {
    Listeners listeners = listeners();
    try (Showing showing = open(listeners, 0)) {
      assertThat(get("/readyz").statusCode()).isEqualTo(503);
      assertThat(get("/healthz").statusCode()).isEqualTo(200);
      Snapshot next =
          new Snapshot(
              7,
              Map.of(
                  "http",
                  new ListenerSnapshot("http", "127.0.0.1:0", RuleTable.of(List.of()), null)),
              List.of(),
              Snapshot.EMPTY.balancer());
      current.publish(next);
      assertThat(get("/readyz").statusCode()).as("nothing is bound").isEqualTo(503);
      listeners.reconcile(next);
      assertThat(get("/readyz").body()).contains("revision 7");
      listeners.shut();
      assertThat(get("/readyz").statusCode()).isEqualTo(503);
      assertThat(get("/readyz").body()).contains("draining");
      listeners.reopen(next);
      assertThat(get("/readyz").statusCode()).isEqualTo(200);
      counters.connectionRefused();
      counters.resent();
      counters.proxyHeaderRefused();
      assertThat(get("/metrics").body())
          .contains("portcullis_connections_refused_total 1.0")
          .contains("portcullis_requests_resent_total 1.0")
          .contains("portcullis_proxy_headers_refused_total 1.0")
          .contains("portcullis_transport{kind=\"nio\",} 1.0")
          .contains("portcullis_bindings 0.0")
          .contains("portcullis_bindings_overflowed_total 0.0")
          .contains("portcullis_binding_operations_total{outcome=\"moved\",} 0.0");
      showing.draining();
      assertThat(get("/readyz").statusCode()).isEqualTo(503);
      assertThat(get("/healthz").statusCode()).isEqualTo(200);
    } finally {
      listeners.stop(Duration.ZERO);
    }
  }

  @Test
  void theUsualPortYieldsToWhoeverHasIt() throws Exception {
    Listeners listeners = listeners();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Showing _ = open(listeners, taken.getLocalPort())) {
      assertThat(get("/healthz").body()).isEqualTo("alive\n");
    } finally {
      listeners.stop(Duration.ZERO);
    }
  }
}
