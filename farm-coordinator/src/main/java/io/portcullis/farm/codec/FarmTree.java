package io.portcullis.farm.codec;

import io.portcullis.farm.model.Acme;
import io.portcullis.farm.model.CertificateRef;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Listener;
import io.portcullis.farm.model.LyncTopology;
import io.portcullis.farm.model.LyncTopology.WebPool;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.Pool.Balance;
import io.portcullis.farm.model.Pool.Bridging;
import io.portcullis.farm.model.Pool.HealthCheck;
import io.portcullis.farm.model.Pool.Judgement;
import io.portcullis.farm.model.Pool.Member;
import io.portcullis.farm.model.Pool.PoolTls;
import io.portcullis.farm.model.Pool.ProxyProtocol;
import io.portcullis.farm.model.Probe;
import io.portcullis.farm.model.PublishingRule;
import io.portcullis.farm.model.PublishingRule.Action;
import io.portcullis.farm.model.PublishingRule.ForwardedHeaders;
import io.portcullis.farm.model.PublishingRule.Upgrade;
import io.portcullis.farm.model.VirtualGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The model as the document's keys and values, in one fixed order, defaults written out: what is rendered and compared.
final class FarmTree {
  private final Map<String, Object> keys = new LinkedHashMap<>();

  private FarmTree() {}

  static Map<String, Object> of(FarmConfig config) {
    FarmTree hosts = new FarmTree();
    config.hosts().forEach(host -> hosts.put(host.name(), host.address()));
    return new FarmTree()
        .put("farm", config.farm())
        .put("listeners", each(config.listeners(), FarmTree::listener))
        .put("certificates", each(config.certificates(), FarmTree::certificate))
        .put("pools", each(config.pools(), FarmTree::pool))
        .put("rules", each(config.rules(), FarmTree::rule))
        .put("hosts", hosts.keys)
        .put("virtualAddresses", each(config.virtualAddresses(), FarmTree::virtual))
        .put("lync", config.lync() == null ? null : lync(config.lync()))
        .keys;
  }

  /// Absent and empty values leave no key.
  private FarmTree put(String key, @Nullable Object value) {
    boolean empty =
        value instanceof List<?> list && list.isEmpty()
            || value instanceof Map<?, ?> map && map.isEmpty();
    if (value instanceof List<?> list && !empty) {
      putList(key, list);
    } else if (value != null && !empty) {
      keys.put(key, value);
    }
    return this;
  }

  private FarmTree putUnless(boolean usual, String key, Object value) {
    return usual ? this : put(key, value instanceof Duration time ? Durations.render(time) : value);
  }

  /// For lists whose absence means something else than an empty list. Copied, because one list in two places would be
  /// rendered as an alias.
  private FarmTree putList(String key, List<?> value) {
    keys.put(key, new ArrayList<>(value));
    return this;
  }

  private static <T> List<Object> each(List<T> elements, Function<T, Object> tree) {
    return elements.stream().map(tree).toList();
  }

  private static Map<String, Object> listener(Listener listener) {
    Listener.ListenerTls tls = listener.tls();
    return new FarmTree()
        .put("name", listener.name())
        .put("bind", listener.bind())
        .put(
            "tls",
            tls == null
                ? null
                : new FarmTree()
                    .putList("certificates", tls.certificates())
                    .put("minVersion", tls.minVersion().word())
                    .keys)
        .put("limits", limits(listener.limits()))
        .put("proxyProtocolFrom", listener.proxyProtocolFrom())
        .keys;
  }

  private static Map<String, Object> virtual(VirtualGroup group) {
    return new FarmTree()
        .put("name", group.name())
        .putList("addresses", group.addresses())
        .putList(
            "nodes",
            each(
                group.nodes(),
                node ->
                    new FarmTree().put("name", node.name()).put("address", node.address()).keys))
        .keys;
  }

  private static Map<String, Object> limits(Listener.Limits limits) {
    return new FarmTree()
        .putUnless(
            limits.connectionsPerSource() == 0,
            "connectionsPerSource",
            limits.connectionsPerSource())
        .putUnless(
            limits.handshakesPerSource() == 0, "handshakesPerSource", limits.handshakesPerSource())
        .putUnless(limits.requestsPerSource() == 0, "requestsPerSource", limits.requestsPerSource())
        .keys;
  }

  private FarmTree putAccess(PublishingRule.Access access) {
    return put("allowSources", access.allowSources())
        .put("denySources", access.denySources())
        .put(
            "limits",
            new FarmTree()
                .putUnless(
                    access.requestsPerSource() == 0,
                    "requestsPerSource",
                    access.requestsPerSource())
                .putUnless(access.requests() == 0, "requests", access.requests())
                .keys);
  }

  private static Map<String, Object> certificate(CertificateRef certificate) {
    return new FarmTree()
        .put("name", certificate.name())
        .put("chainFile", certificate.chainFile())
        .put("keyFile", certificate.keyFile())
        .put("version", certificate.version())
        .put("acme", acme(certificate.acme()))
        .keys;
  }

  private static @Nullable Map<String, Object> acme(@Nullable Acme acme) {
    return acme == null
        ? null
        : new FarmTree()
            .put("directory", acme.directory())
            .putList("names", acme.names())
            .put("email", acme.email())
            .put("key", acme.key().word())
            .put("challenge", acme.challenge().word())
            .put("trustFile", acme.trustFile())
            .put("trust", acme.trust())
            .put("agreeToTerms", acme.agreeToTerms())
            .keys;
  }

  private static Map<String, Object> pool(Pool pool) {
    FarmTree source =
        new FarmTree()
            .put("ipv4Prefix", pool.persistence().ipv4Prefix())
            .put("ipv6Prefix", pool.persistence().ipv6Prefix())
            .put("idle", Durations.render(pool.persistence().idle()));
    FarmTree timeouts =
        new FarmTree()
            .put("responseHeader", Durations.render(pool.timeouts().responseHeader()))
            .put("idle", Durations.render(pool.timeouts().idle()))
            .put("connect", Durations.render(pool.timeouts().connect()));
    return new FarmTree()
        .put("name", pool.name())
        .putList("members", each(pool.members(), FarmTree::member))
        .put("bridging", bridging(pool.bridging()))
        .put("tls", tls(pool.tls()))
        .put("persistence", persistence(pool, source))
        .put("upstreamConnections", pool.upstreamConnections().name().toLowerCase(Locale.ROOT))
        .putUnless(
            pool.choice().balance() == Balance.SOURCE, "balance", pool.choice().balance().word())
        .putUnless(
            pool.choice().maxConnections() == 0, "maxConnections", pool.choice().maxConnections())
        .put("health", health(pool.health()))
        .put("timeouts", timeouts.keys)
        .keys;
  }

  private static Map<String, Object> persistence(Pool pool, FarmTree source) {
    return new FarmTree().put("group", pool.persistence().group()).put("source", source.keys).keys;
  }

  private static Map<String, Object> member(Member member) {
    return new FarmTree()
        .put("host", member.host())
        .put("address", member.address())
        .put("weight", member.weight())
        .put("bridging", member.bridging() == null ? null : bridging(member.bridging()))
        .keys;
  }

  private static Map<String, Object> bridging(Bridging bridging) {
    return new FarmTree()
        .put("https", bridging.https())
        .put("http", bridging.http())
        .putUnless(bridging.tells() == ProxyProtocol.OFF, "proxyProtocol", bridging.tells().word())
        .keys;
  }

  private static @Nullable Map<String, Object> tls(@Nullable PoolTls tls) {
    return tls == null
        ? null
        : new FarmTree()
            .put("serverName", tls.serverName())
            .put("trustFile", tls.trustFile())
            .put("trust", tls.trust())
            .put("minVersion", tls.minVersion().word())
            .keys;
  }

  /// Of the judgement only what is not the default, so that a document reads as it was meant.
  private static @Nullable Map<String, Object> health(@Nullable HealthCheck health) {
    if (health == null) {
      return null;
    }
    Judgement judgement = health.judgement();
    Judgement usual = Judgement.DEFAULT;
    return new FarmTree()
        .put("get", health.get() == null ? "none" : health.get())
        .put("expect", health.expect())
        .put("alsoTcp", health.alsoTcp())
        .put("also", each(health.also(), FarmTree::probe))
        .put("interval", Durations.render(health.interval()))
        .putUnless(judgement.timeout().equals(usual.timeout()), "timeout", judgement.timeout())
        .putUnless(judgement.rise() == usual.rise(), "rise", judgement.rise())
        .putUnless(judgement.fall() == usual.fall(), "fall", judgement.fall())
        .putUnless(
            judgement.slowStart().equals(usual.slowStart()), "slowStart", judgement.slowStart())
        .keys;
  }

  private static Map<String, Object> probe(Probe probe) {
    return switch (probe) {
      case Probe.Tcp(int port) -> new FarmTree().put("tcp", port).keys;
      case Probe.Tls(int port) -> new FarmTree().put("tls", port).keys;
      case Probe.Get(String target, int port, boolean tls, int expect) ->
          new FarmTree()
              .put("get", target)
              .put("port", port)
              .putUnless(!tls, "overTls", tls)
              .put("expect", expect)
              .keys;
    };
  }

  private static Map<String, Object> rule(PublishingRule rule) {
    FarmTree tree =
        new FarmTree()
            .put("name", rule.name())
            .put("listener", rule.listener())
            .putList("publicNames", rule.publicNames())
            .putList("paths", rule.paths())
            .put("deny", rule.deny());
    switch (rule.action()) {
      case Action.ToPool to -> tree.put("pool", to.pool());
      case Action.RedirectToHttps _ -> tree.put("redirect", "https");
      case Action.Respond respond -> tree.put("respond", respond.status());
    }
    return tree.put("dropAuthorization", rule.dropAuthorization() ? true : null)
        .put("http2", rule.policy().http2() ? true : null)
        .put("upgrade", upgrade(rule.policy().upgrade()))
        .putUnless(
            rule.policy().forwardedHeaders() == ForwardedHeaders.OFF,
            "forwardedHeaders",
            rule.policy().forwardedHeaders().word())
        .put("forwardedFrom", rule.policy().forwardedFrom())
        .putAccess(rule.access())
        .keys;
  }

  private static @Nullable Map<String, Object> upgrade(Upgrade upgrade) {
    return upgrade.equals(Upgrade.NONE)
        ? null
        : new FarmTree()
            .putList("protocols", upgrade.protocols())
            .put("idle", Durations.render(upgrade.idle()))
            .keys;
  }

  private static Map<String, Object> lync(LyncTopology lync) {
    FarmTree urls =
        new FarmTree()
            .put("meet", lync.simpleUrls().meet())
            .put("dialin", lync.simpleUrls().dialin());
    return new FarmTree()
        .put("version", lync.version().word())
        .put("sipDomains", lync.sipDomains())
        .put("director", lync.director() == null ? null : webPool(lync.director()))
        .put("pools", each(lync.pools(), FarmTree::webPool))
        .put("simpleUrls", urls.keys)
        .put("officeWebApps", lync.officeWebApps() == null ? null : webPool(lync.officeWebApps()))
        .put("httpAutodiscover", lync.httpAutodiscover())
        .put("listenerHttps", lync.listenerHttps())
        .put("listenerHttp", lync.listenerHttp())
        .keys;
  }

  private static Map<String, Object> webPool(WebPool pool) {
    return new FarmTree()
        .put("name", pool.name())
        .put("externalFqdn", pool.externalFqdn())
        .put("version", pool.version() == null ? null : pool.version().word())
        .put("meet", pool.meet())
        .putList("members", each(pool.members(), FarmTree::member))
        .put("bridging", bridging(pool.bridging()))
        .put("tls", tls(pool.tls()))
        .put("health", health(pool.health()))
        .keys;
  }
}
