package io.portcullis.farm.codec;

import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.Pool.Balance;
import io.portcullis.farm.model.Pool.Bridging;
import io.portcullis.farm.model.Pool.Choice;
import io.portcullis.farm.model.Pool.HealthCheck;
import io.portcullis.farm.model.Pool.Member;
import io.portcullis.farm.model.Pool.PoolTls;
import io.portcullis.farm.model.Pool.ProxyProtocol;
import io.portcullis.farm.model.Pool.SourcePersistence;
import io.portcullis.farm.model.Pool.Timeouts;
import io.portcullis.farm.model.Pool.UpstreamConnections;
import io.portcullis.farm.model.TlsVersion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.ScalarNode;

/// Reads `pools`, and the parts that pools of a Lync topology share with them.
final class PoolReader {
  /// Servers that are not Lync answer where browsers ask.
  static final Bridging WEB_PORTS = new Bridging(443, 80);

  static final Map<String, TlsVersion> TLS_VERSIONS = new LinkedHashMap<>();
  static final Map<String, UpstreamConnections> CONNECTIONS = new LinkedHashMap<>();
  static final Map<String, Balance> BALANCES = new LinkedHashMap<>();
  static final Map<String, ProxyProtocol> PROXY_PROTOCOLS = new LinkedHashMap<>();

  static {
    for (TlsVersion version : TlsVersion.values()) {
      TLS_VERSIONS.put(version.word(), version);
    }
    for (Balance balance : Balance.values()) {
      BALANCES.put(balance.word(), balance);
    }
    for (ProxyProtocol version : ProxyProtocol.values()) {
      PROXY_PROTOCOLS.put(version.word(), version);
    }
    CONNECTIONS.put("private", UpstreamConnections.PRIVATE);
    CONNECTIONS.put("shared", UpstreamConnections.SHARED);
  }

  private final Reading reading;

  PoolReader(Reading reading) {
    this.reading = reading;
  }

  Pool pool(Section pool) {
    return new Pool(
        pool.requiredText("name", "pool01"),
        members(pool),
        poolBridging(pool),
        tls(pool.section("tls", Keys.POOL_TLS), null),
        persistence(pool.section("persistence", Keys.PERSISTENCE)),
        pool.word("upstreamConnections", CONNECTIONS, UpstreamConnections.SHARED),
        health(pool.section("health", Keys.HEALTH), null),
        timeouts(pool.section("timeouts", Keys.TIMEOUTS)),
        new Choice(
            pool.word("balance", BALANCES, Choice.DEFAULT.balance()),
            pool.number("maxConnections", Choice.DEFAULT.maxConnections())));
  }

  List<Member> members(Section pool) {
    if (!pool.has("members")) {
      pool.missing("members", "add members: [host, ...]");
    }
    List<Member> members = new ArrayList<>();
    for (Section.Item item : pool.items("members")) {
      if (item.node() instanceof ScalarNode scalar && !Section.kind(scalar).equals("empty")) {
        members.add(new Member(scalar.getValue(), null, 1, null));
        continue;
      }
      Section member = Section.of(reading, item.node(), item.path(), Keys.MEMBER);
      if (member != null) {
        members.add(
            new Member(
                member.requiredText("host", "fe1.contoso.local"),
                member.text("address"),
                member.number("weight", 1),
                member.has("bridging") ? bridging(member, WEB_PORTS) : null));
      }
    }
    return members;
  }

  private Bridging poolBridging(Section pool) {
    Section bridging = pool.section("bridging", Keys.POOL_BRIDGING);
    return bridging == null
        ? WEB_PORTS
        : new Bridging(
            bridging.number("https", 0),
            bridging.number("http", 0),
            bridging.word("proxyProtocol", PROXY_PROTOCOLS, ProxyProtocol.OFF));
  }

  /// A port that is left out of a given bridging is not offered.
  Bridging bridging(Section holder, Bridging fallback) {
    Section bridging = holder.section("bridging", Keys.BRIDGING);
    return bridging == null
        ? fallback
        : new Bridging(bridging.number("https", 0), bridging.number("http", 0));
  }

  /// @param base what an enclosing section says for all; the section's own words come first
  @Nullable PoolTls tls(@Nullable Section tls, @Nullable PoolTls base) {
    if (tls == null) {
      return base;
    }
    PoolTls fallback = base == null ? new PoolTls(null, null, null, TlsVersion.TLSv1_2) : base;
    boolean ownTrust = tls.has("trustFile") || tls.has("trust");
    return new PoolTls(
        tls.text("serverName"),
        ownTrust ? tls.text("trustFile") : fallback.trustFile(),
        ownTrust ? tls.text("trust") : fallback.trust(),
        tls.word("minVersion", TLS_VERSIONS, fallback.minVersion()));
  }

  private SourcePersistence persistence(@Nullable Section persistence) {
    SourcePersistence fallback = SourcePersistence.DEFAULT;
    Section source = persistence == null ? null : persistence.section("source", Keys.SOURCE);
    String group = persistence == null ? null : persistence.text("group");
    return source == null
        ? new SourcePersistence(
            fallback.ipv4Prefix(), fallback.ipv6Prefix(), fallback.idle(), group)
        : new SourcePersistence(
            source.number("ipv4Prefix", fallback.ipv4Prefix()),
            source.number("ipv6Prefix", fallback.ipv6Prefix()),
            source.duration("idle", fallback.idle()),
            group);
  }

  /// @param usualGet what is asked when `get` is not given; `get: none` asks nothing
  @Nullable HealthCheck health(@Nullable Section health, @Nullable String usualGet) {
    return health == null ? null : new HealthReader(reading).health(health, usualGet);
  }

  private Timeouts timeouts(@Nullable Section timeouts) {
    Timeouts fallback = Timeouts.DEFAULT;
    return timeouts == null
        ? fallback
        : new Timeouts(
            timeouts.duration("responseHeader", fallback.responseHeader()),
            timeouts.duration("idle", fallback.idle()),
            timeouts.duration("connect", fallback.connect()));
  }
}
