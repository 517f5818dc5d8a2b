package io.portcullis.proxy;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.proxy.explain.Door;
import io.portcullis.proxy.explain.Explainer;
import io.portcullis.proxy.explain.Explanation;
import io.portcullis.proxy.listener.Listeners;
import io.portcullis.proxy.observe.AccessLog;
import io.portcullis.proxy.observe.AccessRecord;
import io.portcullis.proxy.observe.AdminListener;
import io.portcullis.proxy.observe.LoadMeter;
import io.portcullis.proxy.observe.NodeCounters;
import io.portcullis.proxy.observe.NodeMetrics;
import io.portcullis.proxy.observe.Observer;
import io.portcullis.proxy.persistence.Bindings;
import io.portcullis.proxy.persistence.ClientSource;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.snapshot.Snapshot;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a node shows of itself: a line for every exchange, numbers, and the pages of its admin listener.
final class Showing implements Observer, AutoCloseable {

  private final NodeOptions options;
  private final PrintStream out;
  private final NodeMetrics metrics = new NodeMetrics();
  private final LoadMeter meter = new LoadMeter();
  private final @Nullable AccessLog log;
  private @Nullable AdminListener admin;
  private volatile boolean draining;

  private Showing(NodeOptions options, PrintStream out, @Nullable AccessLog log) {
    this.options = options;
    this.out = out;
    this.log = log;
  }

  /// Opens the log; the pages come with [#open], when there is something to show.
  static Showing begin(NodeOptions options, NodeName name, PrintStream out) throws StartRefused {
    AccessLog.Settings wanted = options.accessLog();
    if (wanted == null) {
      return new Showing(options, out, null);
    }
    try {
      AccessLog opened = AccessLog.open(wanted, name::now);
      out.println("access log " + wanted.file());
      return new Showing(options, out, opened);
    } catch (IOException e) {
      throw new StartRefused(
          "--access-log",
          "the access log " + wanted.file() + " cannot be written: " + e,
          "give this user the right to, name another file, or say --access-log none");
    }
  }

  @Override
  public void ended(AccessRecord exchange) {
    metrics.ended(exchange);
    meter.ended(exchange);
    if (log != null) {
      log.ended(exchange);
    }
  }

  @Override
  public void shaken(String version, boolean resumed) {
    metrics.shaken(version, resumed);
  }

  @Override
  public void notShaken(String reason) {
    metrics.notShaken(reason);
  }

  void open(CurrentSnapshot current, NodeCounters counters, Listeners listeners, Bindings bindings)
      throws StartRefused {
    measure(current, counters, listeners);
    measure(bindings);
    Map<String, AdminListener.Page> pages =
        Map.of(
            "/healthz", _ -> AdminListener.Reply.text(200, "alive\n"),
            "/readyz", _ -> readiness(current, listeners),
            "/metrics", _ -> new AdminListener.Reply(200, NodeMetrics.TYPE, metrics.text()),
            "/explain", question -> explain(current, bindings, question),
            "/snapshot", _ -> SnapshotPage.of(current.current(), listeners.boundAddresses()));
    NodeOptions.Admin where = options.admin();
    if (where != null) {
      AdminListener opened = open(where, pages);
      admin = opened;
      out.println("admin " + Publication.text(opened.address()));
      out.flush();
    }
  }

  private void measure(CurrentSnapshot current, NodeCounters counters, Listeners listeners) {
    metrics.withJvm();
    metrics.watch(listeners.loops());
    metrics.counter(
        "portcullis_connections_total", "Client connections.", counters::connectionsTotal);
    metrics.gauge(
        "portcullis_connections_open",
        "Client connections at the moment.",
        counters::connectionsOpen);
    metrics.counter(
        "portcullis_upstream_connections_total",
        "Connections made to members.",
        counters::upstreamConnectionsTotal);
    metrics.counter(
        "portcullis_connections_refused_total",
        "Clients turned away because the node was full.",
        counters::connectionsRefused);
    metrics.counter(
        "portcullis_requests_resent_total",
        "Requests sent again because a kept connection had been closed by its member.",
        counters::resentTotal);
    metrics.counter(
        "portcullis_proxy_headers_refused_total",
        "Connections of load balancers without a readable PROXY header.",
        counters::proxyHeadersRefused);
    metrics.family(() -> StateFamilies.transport(listeners.transport()));
    metrics.family(() -> StateFamilies.failures(counters));
    metrics.family(() -> StateFamilies.up(current.current()));
    metrics.family(() -> StateFamilies.draining(current.current()));
    metrics.family(() -> StateFamilies.openExchanges(current.current()));
    metrics.family(() -> StateFamilies.certificates(current.current()));
    metrics.gauge(
        "portcullis_revision", "The revision that is served.", () -> current.current().revision());
    metrics.gauge(
        "portcullis_buffers_direct_bytes", "Off-heap memory of Netty's buffers.", Showing::direct);
    AccessLog written = log;
    if (written != null) {
      metrics.counter(
          "portcullis_access_log_overflowed_total",
          "Exchanges without a line because the queue was full.",
          written::overflowed);
      metrics.counter(
          "portcullis_access_log_lost_total", "Lines that could not be written.", written::lost);
    }
  }

  private void measure(Bindings bindings) {
    metrics.gauge(
        "portcullis_bindings", "Sources that have a member.", () -> bindings.table().size());
    metrics.counter(
        "portcullis_bindings_overflowed_total",
        "Bindings that were not told to the farm because the queue was full.",
        bindings::overflowed);
    metrics.family(() -> StateFamilies.bindings(bindings.table().counts()));
  }

  private static double direct() {
    if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider) {
      ByteBufAllocatorMetric metric = provider.metric();
      return metric.usedDirectMemory();
    }
    return Double.NaN;
  }

  private AdminListener.Reply readiness(CurrentSnapshot current, Listeners listeners) {
    long revision = current.current().revision();
    if (draining) {
      return AdminListener.Reply.text(503, "stopping: takes nothing new\n");
    }
    if (listeners.isShut()) {
      return AdminListener.Reply.text(503, "draining: takes no new clients\n");
    }
    boolean bound =
        listeners.boundAddresses().keySet().containsAll(current.current().listeners().keySet());
    return revision > 0 && bound
        ? AdminListener.Reply.text(200, "ready: serves revision " + revision + "\n")
        : AdminListener.Reply.text(503, "not ready: nothing is served yet\n");
  }

  private static AdminListener.Reply explain(
      CurrentSnapshot current, Bindings bindings, Map<String, String> question) {
    String source = question.get("source");
    String url = question.get("url");
    if (source == null || url == null) {
      return AdminListener.Reply.text(
          400, "ask /explain?source=192.0.2.7&url=https%3A%2F%2Fname%2Fpath\n");
    }
    Snapshot now = current.current();
    Explanation explanation =
        new Explainer(
                Door.of(now),
                now.balancer(),
                (pool, client) -> bindings.owner(pool, ClientSource.of(client, pool.persistence())))
            .explain(source, url);
    return "json".equals(question.get("output"))
        ? AdminListener.Reply.json(
            200, new String(WireJson.write(explanation), StandardCharsets.UTF_8) + "\n")
        : AdminListener.Reply.text(200, explanation.text());
  }

  private static AdminListener open(NodeOptions.Admin where, Map<String, AdminListener.Page> pages)
      throws StartRefused {
    InetSocketAddress address = new InetSocketAddress(where.bind().address(), where.bind().port());
    try {
      return AdminListener.open(address, pages);
    } catch (IOException e) {
      if (where.yields()) {
        return open(new NodeOptions.Admin(where.bind().withPort(0), false), pages);
      }
      throw new StartRefused(
          "--admin",
          "the admin listener cannot bind " + Publication.text(address) + ": " + e.getMessage(),
          "choose another address, or say --admin none");
    }
  }

  /// How this node does, for the farm.
  Wire.Load load() {
    List<Long> durations = meter.durations();
    long answered = durations.stream().mapToLong(Long::longValue).sum();
    return new Wire.Load(answered, meter.failed(), durations);
  }

  /// Whoever sends traffic here by `/readyz` stops.
  void draining() {
    draining = true;
  }

  void reopen() {
    if (log != null) {
      log.reopen();
    }
  }

  @Override
  public void close() {
    if (admin != null) {
      admin.close();
    }
    if (log != null) {
      log.close();
    }
  }
}
