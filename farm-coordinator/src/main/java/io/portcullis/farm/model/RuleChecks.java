package io.portcullis.farm.model;

import io.portcullis.farm.model.Origin.Kind;
import io.portcullis.farm.model.PublishingRule.Action;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Each rule by itself, and with the listener and the pool it names.
final class RuleChecks {
  /// A certificate rarely carries a hundred names; more than a thousand belong in several rules.
  static final int MOST_NAMES = 1000;

  /// Lync's external site has some forty directories.
  static final int MOST_PATHS = 100;

  /// Each is compared with the Upgrade header of a request; nobody needs more than one or two.
  private static final int MOST_PROTOCOLS = 8;

  /// A token with an optional version (RFC 9110 §7.8).
  private static final Pattern PROTOCOL =
      Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,32}(/[A-Za-z0-9!#$%&'*+.^_`|~-]{1,32})?");

  private static final Duration SHORTEST_IDLE = Duration.ofSeconds(1);
  private static final Duration LONGEST_IDLE = Duration.ofDays(1);

  private final FarmConfig config;
  private final Origin origin;
  private final Findings findings;
  private final Map<String, Listener> listeners = new HashMap<>();
  private final Map<String, PoolView> pools = new HashMap<>();

  /// Proxies in front of the farm are a handful.
  private static final int MOST_NETWORKS = 64;

  RuleChecks(FarmConfig config, Origin origin, Findings findings) {
    this.config = config;
    this.origin = origin;
    this.findings = findings;
    config.listeners().forEach(listener -> listeners.putIfAbsent(listener.name(), listener));
    PoolView.all(config, origin).forEach(pool -> pools.putIfAbsent(pool.name(), pool));
  }

  void run() {
    for (int i = 0; i < config.rules().size(); i++) {
      PublishingRule rule = config.rules().get(i);
      String path = origin.path(Kind.RULE, i);
      names(path, rule);
      paths(path, rule);
      Listener listener = listener(path + ".listener", rule);
      switch (rule.action()) {
        case Action.ToPool(String pool) -> toPool(path, rule, pool, listener);
        case Action.RedirectToHttps _ -> redirect(path, listener);
        case Action.Respond(int status) -> respond(path + ".respond", status);
      }
      upgrade(path + ".upgrade", rule);
      if (rule.dropAuthorization() && !(rule.action() instanceof Action.ToPool)) {
        findings.warning(
            path + ".dropAuthorization", "does nothing on a rule without pool", "remove it");
      }
      forwarded(path, rule.policy());
      if (rule.policy().http2()) {
        http2(path + ".http2", rule, listener);
      }
    }
  }

  private void upgrade(String path, PublishingRule rule) {
    List<String> protocols = rule.policy().upgrade().protocols();
    atMost(path + ".protocols", protocols, MOST_PROTOCOLS);
    for (int i = 0; i < protocols.size(); i++) {
      String protocol = protocols.get(i);
      String at = path + ".protocols[" + i + "]";
      if (!PROTOCOL.matcher(protocol).matches()) {
        findings.error(
            at, "\"%s\" is not a protocol name".formatted(protocol), "write for example websocket");
      } else if (protocol.toLowerCase(Locale.ROOT).startsWith("h2c")) {
        findings.error(
            at,
            "requests inside HTTP/2 would pass no rule",
            "remove it; the proxy does not tunnel HTTP");
      }
    }
    findings.within(path + ".idle", rule.policy().upgrade().idle(), SHORTEST_IDLE, LONGEST_IDLE);
    if (!protocols.isEmpty() && !(rule.action() instanceof Action.ToPool)) {
      findings.warning(path, "does nothing on a rule without pool", "remove it");
    }
  }

  private void forwarded(String path, PublishingRule.Policy policy) {
    List<String> from = policy.forwardedFrom();
    boolean appends = policy.forwardedHeaders() == PublishingRule.ForwardedHeaders.APPEND;
    atMost(path + ".forwardedFrom", from, MOST_NETWORKS);
    for (int i = 0; i < from.size(); i++) {
      if (Network.parse(from.get(i)).isEmpty()) {
        findings.error(
            path + ".forwardedFrom[" + i + "]",
            "\"%s\" is not a network".formatted(from.get(i)),
            "write an address or a network: 192.0.2.7, 192.0.2.0/24, 2001:db8::/32");
      }
    }
    if (appends != !from.isEmpty()) {
      findings.warning(
          path + (appends ? ".forwardedHeaders" : ".forwardedFrom"),
          appends
              ? "nobody is named whose headers would stay"
              : "does nothing without forwardedHeaders: append",
          "write forwardedHeaders: append with forwardedFrom: [network], or replace alone");
    }
  }

  private void names(String path, PublishingRule rule) {
    if (rule.publicNames().isEmpty()) {
      findings.error(
          path + ".publicNames",
          "rule \"%s\" has no public names".formatted(rule.name()),
          "add the host names clients use, or \"*\" for any");
    }
    atMost(path + ".publicNames", rule.publicNames(), MOST_NAMES);
    for (int i = 0; i < rule.publicNames().size(); i++) {
      String name = rule.publicNames().get(i);
      String hint = Names.publicNameHint(name);
      if (hint != null) {
        findings.error(
            path + ".publicNames[" + i + "]", "\"%s\" is not a public name".formatted(name), hint);
      }
    }
  }

  private void paths(String path, PublishingRule rule) {
    if (rule.paths().isEmpty()) {
      findings.error(
          path + ".paths", "rule \"%s\" has no paths".formatted(rule.name()), "add paths: [/]");
    }
    each(path + ".paths", rule.paths());
    each(path + ".deny", rule.deny());
  }

  private void atMost(String path, List<String> list, int most) {
    if (list.size() > most) {
      findings.error(
          path, "has %d entries, more than %d".formatted(list.size(), most), "split the rule");
    }
  }

  private void each(String path, List<String> prefixes) {
    atMost(path, prefixes, MOST_PATHS);
    for (int i = 0; i < prefixes.size(); i++) {
      String hint = Names.pathHint(prefixes.get(i));
      if (hint != null) {
        findings.error(
            path + "[" + i + "]", "\"%s\" is not a path prefix".formatted(prefixes.get(i)), hint);
      }
    }
  }

  /// Browsers speak HTTP/2 over TLS only, and connections that carry an identity cannot be shared by streams.
  private void http2(String path, PublishingRule rule, @Nullable Listener listener) {
    if (listener != null && !listener.isTls()) {
      findings.error(
          path,
          "listener \"%s\" speaks clear text, and HTTP/2 is spoken over TLS"
              .formatted(listener.name()),
          "remove it, or put the rule on a listener with tls");
    }
    if (rule.action() instanceof Action.ToPool(String name)) {
      if (hasPrivateConnections(name)) {
        findings.error(
            path,
            "pool \"%s\" has private connections, for NTLM, which HTTP/2 cannot carry"
                .formatted(name),
            "remove it, or set upstreamConnections: shared if the pool never asks for NTLM or"
                + " Negotiate");
      }
    }
    for (PublishingRule other : config.rules()) {
      List<String> common =
          rule.publicNames().stream().filter(other.publicNames()::contains).toList();
      if (other.listener().equals(rule.listener())
          && !other.policy().http2()
          && !common.isEmpty()) {
        findings.warning(
            path,
            "has no effect for %s: rule \"%s\" has the name too, without http2"
                .formatted(common.getFirst(), other.name()),
            "give all rules of a name http2: true, or none");
        return;
      }
    }
  }

  /// A pool that is not in the document itself is one of a Lync topology, and private.
  private boolean hasPrivateConnections(String pool) {
    return pools.containsKey(pool)
        && config.pools().stream()
            .noneMatch(known ->
                known.name().equals(pool)
                    && known.upstreamConnections() == Pool.UpstreamConnections.SHARED);
  }

  private @Nullable Listener listener(String path, PublishingRule rule) {
    Listener listener = listeners.get(rule.listener());
    if (listener == null && !origin.unread(Kind.LISTENER, rule.listener())) {
      findings.error(
          path, "there is no listener \"%s\"".formatted(rule.listener()), known(listeners));
    }
    return listener;
  }

  private static String known(Map<String, ?> elements) {
    return elements.isEmpty()
        ? "the document has none"
        : "known: " + String.join(", ", elements.keySet().stream().sorted().toList());
  }

  private void toPool(String path, PublishingRule rule, String name, @Nullable Listener listener) {
    PoolView pool = pools.get(name);
    if (pool == null) {
      if (!origin.unread(Kind.POOL, name)) {
        findings.error(path + ".pool", "there is no pool \"%s\"".formatted(name), known(pools));
      }
      return;
    }
    if (listener == null) {
      return;
    }
    ports(rule, pool, listener);
    if (listener.isTls() && pool.tls() == null) {
      missingTls(pool, "rule \"%s\" reaches it over TLS".formatted(rule.name()), findings);
    }
    if (!listener.isTls() && !rule.dropAuthorization()) {
      findings.warning(
          path,
          "forwards clear text from listener \"%s\": credentials would travel readable"
              .formatted(listener.name()),
          "add dropAuthorization: true, or redirect: https");
    }
  }

  static void missingTls(PoolView pool, String reason, Findings findings) {
    findings.error(
        pool.path() + ".tls",
        "pool \"%s\" says not how to verify its members, and %s".formatted(pool.name(), reason),
        "add tls: {trustFile: the CA bundle of the members' certificates}; it is always verified");
  }

  private void ports(PublishingRule rule, PoolView pool, Listener listener) {
    for (int i = 0; i < pool.members().size(); i++) {
      Pool.Member member = pool.members().get(i);
      Pool.Bridging bridging = pool.bridgingOf(member);
      String key = listener.isTls() ? "https" : "http";
      if ((listener.isTls() ? bridging.https() : bridging.http()) == 0) {
        String holder = member.bridging() == null ? pool.path() : pool.memberPath(i);
        findings.error(
            holder + ".bridging." + key,
            "no %s port, but rule \"%s\" on listener \"%s\" needs one"
                .formatted(key, rule.name(), listener.name()),
            "give the port, or take the rule off that listener");
      }
    }
  }

  private void redirect(String path, @Nullable Listener listener) {
    if (listener != null && listener.isTls()) {
      findings.error(
          path + ".redirect",
          "listener \"%s\" speaks https already, the redirect would loop"
              .formatted(listener.name()),
          "put the rule on a listener without tls, or forward to a pool");
    } else if (listeners.values().stream().noneMatch(Listener::isTls)
        && !origin.unread(Kind.LISTENER, "")
        && origin.complete()) {
      findings.warning(
          path + ".redirect",
          "no listener speaks https",
          "add a listener with tls, or clients end at a closed port");
    }
  }

  private void respond(String path, int status) {
    if (status >= 300 && status <= 399) {
      findings.error(
          path, "%d needs a place to go".formatted(status), "write redirect: https instead");
    } else if (status < 200 || status > 599) {
      findings.error(path, "%d is not a final status".formatted(status), "write 404, 403 or 410");
    }
  }
}
