package io.portcullis.proxy;

import io.portcullis.farm.model.CertificateRef;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Listener;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.PublishingRule;
import io.portcullis.farm.model.StaticHost;
import io.portcullis.farm.model.TlsVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Small configurations, one change at a time.
public final class TestConfig {

  public final List<Listener> listeners = new ArrayList<>();
  public final List<CertificateRef> certificates = new ArrayList<>();
  public final List<Pool> pools = new ArrayList<>();
  public final List<PublishingRule> rules = new ArrayList<>();
  public final List<StaticHost> hosts = new ArrayList<>();

  public FarmConfig build() {
    return new FarmConfig("test", listeners, certificates, pools, rules, hosts, null);
  }

  public TestConfig https(String bind, TlsVersion floor, String... names) {
    listeners.add(new Listener("https", bind, new Listener.ListenerTls(List.of(names), floor)));
    for (String name : names) {
      certificates.add(new CertificateRef(name, null, null, 1));
    }
    return this;
  }

  public TestConfig http(String bind) {
    listeners.add(new Listener("http", bind, null));
    return this;
  }

  public static Pool.Member member(String host, @Nullable String address, int weight) {
    return new Pool.Member(host, address, weight, null);
  }

  public static Pool pool(
      String name,
      Pool.Bridging bridging,
      Pool.@Nullable PoolTls tls,
      Pool.@Nullable HealthCheck health,
      Pool.Member... members) {
    return pool(name, bridging, tls, health, Pool.UpstreamConnections.PRIVATE, members);
  }

  public static Pool sharedPool(
      String name, Pool.Bridging bridging, Pool.@Nullable PoolTls tls, Pool.Member... members) {
    return pool(name, bridging, tls, null, Pool.UpstreamConnections.SHARED, members);
  }

  private static Pool pool(
      String name,
      Pool.Bridging bridging,
      Pool.@Nullable PoolTls tls,
      Pool.@Nullable HealthCheck health,
      Pool.UpstreamConnections connections,
      Pool.Member... members) {
    return new Pool(
        name,
        List.of(members),
        bridging,
        tls,
        Pool.SourcePersistence.DEFAULT,
        connections,
        health,
        Pool.Timeouts.DEFAULT);
  }

  /// All rules made so far may be reached over HTTP/2.
  public TestConfig overHttp2() {
    rules.replaceAll(rule -> rule.withPolicy(new PublishingRule.Policy(true)));
    return this;
  }

  /// All rules made so far let clients switch to `protocol`.
  public TestConfig switchingTo(String protocol) {
    PublishingRule.Upgrade upgrade =
        new PublishingRule.Upgrade(List.of(protocol), Duration.ofMinutes(1));
    rules.replaceAll(rule -> rule.withPolicy(new PublishingRule.Policy(false, upgrade)));
    return this;
  }

  public TestConfig rule(
      String name, String listener, String publicName, PublishingRule.Action action) {
    rules.add(
        new PublishingRule(
            name, listener, List.of(publicName), List.of("/"), List.of(), action, false));
    return this;
  }
}
