package io.portcullis.proxy;

import io.portcullis.farm.binding.BindingTable;
import io.portcullis.farm.codec.Expiry;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.Transport;
import io.portcullis.proxy.observe.NodeCounters;
import io.portcullis.proxy.snapshot.ListenerSnapshot;
import io.portcullis.proxy.snapshot.ServerIdentity;
import io.portcullis.proxy.snapshot.ServerNames;
import io.portcullis.proxy.snapshot.Snapshot;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// What a node knows of its members and of what goes wrong, as families of metrics.
final class StateFamilies {

  private static final List<String> MEMBER = List.of("pool", "member");

  private StateFamilies() {}

  static GaugeMetricFamily up(Snapshot now) {
    return ofMembers(
        now,
        "portcullis_member_up",
        "1 while the member's health checks succeed.",
        member -> member.health() == Member.Health.UP ? 1 : 0);
  }

  static GaugeMetricFamily draining(Snapshot now) {
    return ofMembers(
        now,
        "portcullis_member_draining",
        "1 while the member gets no new sources.",
        member -> member.isDraining() ? 1 : 0);
  }

  static GaugeMetricFamily openExchanges(Snapshot now) {
    return ofMembers(
        now,
        "portcullis_member_open_exchanges",
        "Requests that the member has at the moment.",
        member -> member.openExchanges().get());
  }

  /// What came of the operations on the farm's table, as this node applied them.
  static CounterMetricFamily bindings(BindingTable.Counts counts) {
    CounterMetricFamily family =
        new CounterMetricFamily(
            "portcullis_binding_operations_total",
            "Operations on the table of bindings since the node started.",
            List.of("outcome"));
    family.addMetric(List.of("bound"), (double) counts.bound());
    family.addMetric(List.of("lost"), (double) counts.lost());
    family.addMetric(List.of("moved"), (double) counts.moved());
    family.addMetric(List.of("move_refused"), (double) counts.moveRefused());
    family.addMetric(List.of("released"), (double) counts.released());
    family.addMetric(List.of("expired"), (double) counts.expired());
    family.addMetric(List.of("refused_full"), (double) counts.refusedFull());
    return family;
  }

  /// When certificates end, by listener and subject.
  static GaugeMetricFamily certificates(Snapshot now) {
    GaugeMetricFamily family =
        new GaugeMetricFamily(
            "portcullis_certificate_not_after_seconds",
            "When a certificate that is served, or an intermediate of it, ends, in seconds since 1970.",
            List.of("listener", "certificate"));
    for (ListenerSnapshot listener : now.listeners().values()) {
      ServerNames names = listener.names();
      if (names != null) {
        for (ServerIdentity identity : names.all()) {
          X509Certificate leaf = identity.chain().getFirst();
          family.addMetric(
              List.of(listener.name(), leaf.getSubjectX500Principal().getName()),
              (double) Expiry.of(identity.chain()).end().getEpochSecond());
        }
      }
    }
    return family;
  }

  private static GaugeMetricFamily ofMembers(
      Snapshot now, String name, String help, ToDoubleFunction<Member> value) {
    GaugeMetricFamily family = new GaugeMetricFamily(name, help, MEMBER);
    for (MemberPool pool : now.pools()) {
      for (Member member : pool.members()) {
        family.addMetric(List.of(pool.name(), member.host()), value.applyAsDouble(member));
      }
    }
    return family;
  }

  static GaugeMetricFamily transport(Transport transport) {
    return new GaugeMetricFamily(
            "portcullis_transport", "1 for how bytes reach this node.", List.of("kind"))
        .addMetric(List.of(transport.toString()), 1);
  }

  /// Attempts to connect that a retry made good are in here, and not in the terminations.
  static CounterMetricFamily failures(NodeCounters counters) {
    CounterMetricFamily family =
        new CounterMetricFamily(
            "portcullis_failures_total",
            "What went wrong, each attempt to connect counted.",
            List.of("failure", "side", "phase"));
    for (Failure failure : Failure.values()) {
      family.addMetric(
          List.of(
              failure.name(),
              failure.side().name().toLowerCase(Locale.ROOT),
              failure.phase().name().toLowerCase(Locale.ROOT)),
          (double) counters.failures(failure));
    }
    return family;
  }
}
