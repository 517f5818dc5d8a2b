package io.portcullis.farm.model;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Pools, those of a Lync topology included: members, ports, trust, bounds.
final class PoolChecks {
  private static final int LAST_PORT = 65535;

  /// Rendezvous hashing works with ratios; a thousandth is as fine as anybody needs.
  private static final int HEAVIEST = 1000;

  /// A bigger pool than any Front End pool (12) or Office Web Apps farm; beyond it, health checks alone are a load.
  private static final int MOST_MEMBERS = 256;

  /// More than a node has ports towards one member.
  private static final int MOST_CONNECTIONS = 65535;

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration DAY = Duration.ofDays(1);

  /// A client has given up long before a connection takes this long.
  private static final Duration SLOWEST_CONNECT = Duration.ofMinutes(2);

  private final Findings findings;

  PoolChecks(Findings findings) {
    this.findings = findings;
  }

  void run(FarmConfig config, Origin origin) {
    for (PoolView pool : PoolView.all(config, origin)) {
      members(pool);
      bridging(pool.path() + ".bridging", pool.bridging());
      if (pool.tls() != null) {
        tls(pool.path() + ".tls", pool.tls());
      }
      if (pool.health() != null) {
        new HealthChecks(findings).run(pool.path() + ".health", pool.health(), pool.tls() != null);
      }
    }
    new PersistenceChecks(findings).run(config, origin);
    for (int i = 0; i < config.pools().size(); i++) {
      limits(origin.path(Origin.Kind.POOL, i), config.pools().get(i));
    }
  }

  private void members(PoolView pool) {
    List<Pool.Member> members = pool.members();
    if (members.isEmpty()) {
      findings.error(
          pool.path() + ".members",
          "pool \"%s\" has no members".formatted(pool.name()),
          "add members: [host, ...]; a load balancer's address in front of the pool is one member");
    }
    if (members.size() > MOST_MEMBERS) {
      findings.error(
          pool.path() + ".members",
          "pool \"%s\" has %d members, more than %d"
              .formatted(pool.name(), members.size(), MOST_MEMBERS),
          "split the pool");
    }
    Map<String, Integer> first = new HashMap<>();
    for (int i = 0; i < members.size(); i++) {
      Pool.Member member = members.get(i);
      member(pool.memberPath(i), member);
      Integer twin = first.putIfAbsent(Names.canonicalName(member.host()), i);
      if (twin != null && !member.host().isEmpty()) {
        findings.error(
            pool.memberPath(i) + ".host",
            "member \"%s\" is in the pool already, as members[%d]".formatted(member.host(), twin),
            "remove one; weight gives a member a greater share");
      }
    }
  }

  private void member(String path, Pool.Member member) {
    String hint = Names.hostHint(member.host());
    if (hint != null) {
      findings.error(path + ".host", "\"%s\" is not a host".formatted(member.host()), hint);
    }
    if (member.address() != null && !Names.isLiteral(member.address())) {
      findings.error(
          path + ".address",
          "\"%s\" is not an IP address".formatted(member.address()),
          "address says where to connect without asking DNS; names go in host");
    }
    findings.within(path + ".weight", member.weight(), 1, HEAVIEST);
    if (member.bridging() != null) {
      bridging(path + ".bridging", member.bridging());
    }
  }

  private void bridging(String path, Pool.Bridging bridging) {
    findings.within(path + ".https", bridging.https(), 0, LAST_PORT);
    findings.within(path + ".http", bridging.http(), 0, LAST_PORT);
    if (bridging.https() == 0 && bridging.http() == 0) {
      findings.error(
          path,
          "offers neither https nor http",
          "give the members' ports: {https: 4443, http: 8080}");
    }
  }

  private void tls(String path, Pool.PoolTls tls) {
    if (tls.trustFile() == null && tls.trust() == null) {
      findings.error(
          path,
          "names no trust: the members' certificates are always verified",
          "add trustFile: a PEM bundle with the CA that issued them");
    } else if (tls.trustFile() != null && tls.trust() != null) {
      findings.error(path, "gives both trustFile and trust", "keep one of the two");
    }
    if (tls.serverName() != null && !isHost(tls.serverName())) {
      findings.error(
          path + ".serverName",
          "\"%s\" is not a host name".formatted(tls.serverName()),
          "write the name in the members' certificate: pool01.contoso.local");
    }
    ListenerChecks.legacy(path + ".minVersion", tls.minVersion(), findings);
  }

  private static boolean isHost(String name) {
    return Names.isDnsName(name) || Names.isLiteral(name);
  }

  private void limits(String path, Pool pool) {
    Pool.SourcePersistence source = pool.persistence();
    findings.within(path + ".persistence.source.ipv4Prefix", source.ipv4Prefix(), 1, 32);
    findings.within(path + ".persistence.source.ipv6Prefix", source.ipv6Prefix(), 1, 128);
    findings.within(path + ".persistence.source.idle", source.idle(), SECOND, DAY.multipliedBy(7));
    findings.within(path + ".maxConnections", pool.choice().maxConnections(), 0, MOST_CONNECTIONS);
    Pool.Timeouts timeouts = pool.timeouts();
    findings.within(path + ".timeouts.responseHeader", timeouts.responseHeader(), SECOND, DAY);
    findings.within(path + ".timeouts.idle", timeouts.idle(), SECOND, DAY);
    findings.within(
        path + ".timeouts.connect", timeouts.connect(), Duration.ofMillis(100), SLOWEST_CONNECT);
  }
}
