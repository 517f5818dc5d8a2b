package io.portcullis.proxy.observe;

import io.netty.util.concurrent.EventExecutorGroup;
import io.portcullis.proxy.message.Failure;
import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import io.prometheus.client.Histogram;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/// What a node measures, for Prometheus. Event loops add to striped counters that were looked up once for each rule and member; what
/// others keep anyway (members, queues, memory) is read when somebody asks.
///
/// Label values come from the configuration, from closed lists and from the TLS library, never from a request. A farm that is
/// reconfigured for years would still gather names of the past: beyond a bound, new ones are counted as `other`.
public final class NodeMetrics implements Observer {

  /// Rules times members; sixteen series of a histogram each.
  static final int MOST_LANES = 2_000;

  /// The media type of [#text].
  public static final String TYPE = TextFormat.CONTENT_TYPE_004;

  private static final String OTHER = "other";
  private static final String COMPLETE = "COMPLETE";
  private static final double NANOS = 1e9;
  private static final int CLASSES = 6;

  /// From what a cached answer takes to what a long poll may.
  private static final double[] SECONDS = {
    .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800
  };

  /// What is counted for one rule and member.
  private static final class Lane {
    final String pool;
    final Histogram.Child duration;
    final Counter.Child[] statuses = new Counter.Child[CLASSES];

    Lane(String pool, Histogram.Child duration) {
      this.pool = pool;
      this.duration = duration;
    }
  }

  private final CollectorRegistry registry = new CollectorRegistry();
  private final Histogram durations =
      register(
          Histogram.build(
                  "portcullis_request_duration_seconds",
                  "From the first byte of the request head to the last of the answer.")
              .labelNames("rule", "pool", "member")
              .buckets(SECONDS));
  private final Counter requests =
      register(
          Counter.build("portcullis_requests_total", "Requests by rule and class of the status.")
              .labelNames("rule", "status"));
  private final Counter terminations =
      register(
          Counter.build("portcullis_terminations_total", "How exchanges ended: side and phase.")
              .labelNames("termination", "side", "phase"));
  private final Counter handshakes =
      register(
          Counter.build("portcullis_tls_handshakes_total", "Handshakes with clients.")
              .labelNames("version", "resumed"));
  private final Counter handshakeFailures =
      register(
          Counter.build("portcullis_tls_handshake_failures_total", "Handshakes that failed.")
              .labelNames("reason"));
  private final Counter.Child received =
      register(Counter.build("portcullis_received_bytes_total", "From clients, heads included."))
          .labels();
  private final Counter.Child sent =
      register(Counter.build("portcullis_sent_bytes_total", "To clients, heads included."))
          .labels();
  private final Counter.Child complete = terminations.labels(COMPLETE, "", "");
  private final Map<Failure, Counter.Child> failed = new EnumMap<>(Failure.class);
  private final ConcurrentHashMap<String, ConcurrentHashMap<String, Lane>> lanes =
      new ConcurrentHashMap<>();
  private final AtomicInteger laneCount = new AtomicInteger();

  public NodeMetrics() {
    for (Failure failure : Failure.values()) {
      failed.put(
          failure,
          terminations.labels(
              failure.name(), lower(failure.side().name()), lower(failure.phase().name())));
    }
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private Counter register(Counter.Builder counter) {
    return counter.withoutExemplars().register(registry);
  }

  @Override
  public void ended(AccessRecord exchange) {
    Lane lane = lane(exchange);
    lane.duration.observe((exchange.headNanos + exchange.totalNanos) / NANOS);
    lane.statuses[Math.clamp(exchange.status / 100, 0, CLASSES - 1)].inc();
    Failure how = exchange.failure;
    Counter.Child ending = how == null ? complete : failed.get(how);
    if (ending != null) {
      ending.inc();
    }
    received.inc((double) exchange.bytesIn);
    sent.inc((double) exchange.bytesOut);
  }

  /// Two look-ups by strings whose hashes are known, and nothing allocated, once a lane is there.
  private Lane lane(AccessRecord exchange) {
    ConcurrentHashMap<String, Lane> ofRule = lanes.get(exchange.rule);
    Lane found = ofRule == null ? null : ofRule.get(exchange.member);
    return found != null && found.pool.equals(exchange.pool) ? found : newLane(exchange);
  }

  private Lane newLane(AccessRecord exchange) {
    boolean full = laneCount.get() >= MOST_LANES;
    String rule = full ? OTHER : exchange.rule;
    String member = full ? OTHER : exchange.member;
    String pool = full ? OTHER : exchange.pool;
    return lanes
        .computeIfAbsent(rule, _ -> new ConcurrentHashMap<>())
        .compute(
            member,
            (_, old) -> {
              // A revision may have sent the rule to another pool.
              if (old != null && (full || old.pool.equals(pool))) {
                return old;
              }
              laneCount.incrementAndGet();
              return open(rule, pool, member);
            });
  }

  private Lane open(String rule, String pool, String member) {
    Lane lane = new Lane(pool, durations.labels(rule, pool, member));
    for (int i = 0; i < CLASSES; i++) {
      lane.statuses[i] = requests.labels(rule, i == 0 ? "none" : i + "xx");
    }
    return lane;
  }

  @Override
  public void shaken(String version, boolean resumed) {
    handshakes.labels(version, Boolean.toString(resumed)).inc();
  }

  @Override
  public void notShaken(String reason) {
    handshakeFailures.labels(reason).inc();
  }

  /// Measures the loops from now on.
  public void watch(EventExecutorGroup loops) {
    LoopLag.watch(loops, this);
  }

  /// What this machine's Java says of itself: memory, threads, collections.
  public void withJvm() {
    DefaultExports.register(registry);
  }

  /// A number that is somebody else's, read when somebody asks.
  public void gauge(String name, String help, DoubleSupplier now) {
    add(() -> new GaugeMetricFamily(name, help, now.getAsDouble()));
  }

  /// As [#gauge], for what only grows; the name ends in `_total`.
  public void counter(String name, String help, DoubleSupplier now) {
    add(() -> new CounterMetricFamily(name, help, now.getAsDouble()));
  }

  /// One family with labels, such as a state of every member.
  public void family(Supplier<? extends Collector.MetricFamilySamples> now) {
    add(now);
  }

  private void add(Supplier<? extends Collector.MetricFamilySamples> now) {
    new Collector() {
      @Override
      public List<MetricFamilySamples> collect() {
        return List.of(now.get());
      }
    }.register(registry);
  }

  Histogram register(Histogram.Builder histogram) {
    return histogram.withoutExemplars().register(registry);
  }

  /// The text format that Prometheus reads.
  public String text() {
    StringWriter text = new StringWriter();
    try {
      TextFormat.write004(text, registry.metricFamilySamples());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
