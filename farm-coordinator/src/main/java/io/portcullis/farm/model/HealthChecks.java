package io.portcullis.farm.model;

import java.time.Duration;

/// How the health of a pool's members is asked for.
final class HealthChecks {
  private static final int LAST_PORT = 65535;

  /// Each probe is a connection to every member from every node at every interval.
  private static final int MOST_PROBES = 8;

  /// With more in a row an outage of minutes would go unnoticed.
  private static final int MOST_IN_A_ROW = 20;

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Findings findings;

  HealthChecks(Findings findings) {
    this.findings = findings;
  }

  /// @param hasTls whether the pool says how to verify its members
  void run(String path, Pool.HealthCheck health, boolean hasTls) {
    if (health.get() != null) {
      target(path + ".get", health.get());
    }
    findings.within(path + ".expect", health.expect(), 100, 599);
    findings.within(path + ".alsoTcp", health.alsoTcp(), 0, LAST_PORT);
    findings.within(path + ".interval", health.interval(), SECOND, Duration.ofHours(1));
    Pool.Judgement judgement = health.judgement();
    findings.within(path + ".rise", judgement.rise(), 1, MOST_IN_A_ROW);
    findings.within(path + ".fall", judgement.fall(), 1, MOST_IN_A_ROW);
    findings.within(
        path + ".timeout", judgement.timeout(), Duration.ofMillis(100), Duration.ofMinutes(1));
    findings.within(path + ".slowStart", judgement.slowStart(), Duration.ZERO, Duration.ofHours(1));
    if (health.also().size() > MOST_PROBES) {
      findings.error(
          path + ".also",
          "has %d probes, more than %d".formatted(health.also().size(), MOST_PROBES),
          "keep those whose failure must take a member out");
    }
    for (int i = 0; i < health.also().size(); i++) {
      probe(path + ".also[" + i + "]", health.also().get(i), hasTls);
    }
  }

  private void probe(String path, Probe probe, boolean hasTls) {
    boolean needsTls =
        switch (probe) {
          case Probe.Tcp(int port) -> {
            findings.within(path + ".tcp", port, 1, LAST_PORT);
            yield false;
          }
          case Probe.Tls(int port) -> {
            findings.within(path + ".tls", port, 1, LAST_PORT);
            yield true;
          }
          case Probe.Get(String target, int port, boolean tls, int expect) -> {
            target(path + ".get", target);
            findings.within(path + ".port", port, 1, LAST_PORT);
            findings.within(path + ".expect", expect, 100, 599);
            yield tls;
          }
        };
    if (needsTls && !hasTls) {
      findings.error(
          path,
          "is a probe over TLS, but the pool says not how to verify its members",
          "add tls: {trustFile: ...} to the pool; certificates are always verified");
    }
  }

  private void target(String path, String get) {
    if (!get.startsWith("/") || get.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      findings.error(
          path,
          "\"%s\" is not a request path".formatted(get),
          "begin it with / and write it as it travels, without blanks");
    }
  }
}
