package io.portcullis.farm.model;

import io.portcullis.farm.model.Origin.Kind;
import io.portcullis.farm.model.PublishingRule.Action;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// Every problem of a configuration at once: what no single record can see.
public final class FarmValidator {
  static final String NAME_HINT =
      "begin with a letter or digit, then letters, digits, dots, hyphens, underscores, 63 at most";

  private final FarmConfig config;
  private final Origin origin;
  private final Findings findings = new Findings();

  private FarmValidator(FarmConfig config, Origin origin) {
    this.config = config;
    this.origin = origin;
  }

  /// Checks a configuration, with or without its `lync` section.
  public static List<Problem> check(FarmConfig config) {
    return check(config, Origin.WHOLE);
  }

  /// Checks what was read of a document that may have unreadable parts.
  public static List<Problem> check(FarmConfig config, Origin origin) {
    return new FarmValidator(config, origin).run();
  }

  /// What only the expansion of a `lync` section brings to light, such as a generated rule that meets one of the
  /// operator's. Call it after `check(source)` found no error.
  public static List<Problem> checkExpansion(FarmConfig source, FarmConfig expanded) {
    if (source.lync() == null) {
      return List.of();
    }
    Set<Problem> known = new HashSet<>(check(source));
    return check(expanded, new ExpandedOrigin(source, expanded)).stream()
        .filter(problem -> !known.contains(problem))
        .toList();
  }

  private List<Problem> run() {
    farmName();
    elementNames(Kind.LISTENER, config.listeners(), Listener::name);
    elementNames(Kind.CERTIFICATE, config.certificates(), CertificateRef::name);
    elementNames(Kind.POOL, config.pools(), Pool::name);
    elementNames(Kind.RULE, config.rules(), PublishingRule::name);
    elementNames(Kind.VIRTUAL, config.virtualAddresses(), VirtualGroup::name);
    hosts();
    new ListenerChecks(config, origin, findings).run();
    new PoolChecks(findings).run(config, origin);
    new RuleChecks(config, origin, findings).run();
    new LimitChecks(config, origin, findings).run();
    new ShadowChecks(config, origin, findings).run();
    if (config.lync() != null) {
      new LyncChecks(config, config.lync(), origin, findings).run();
    }
    new VirtualChecks(config, origin, findings).run();
    new LoopChecks(config, findings).run(origin);
    if (origin.complete()) {
      unused();
    }
    return findings.list();
  }

  private void farmName() {
    if (!Names.isElementName(config.farm())) {
      findings.error("farm", "\"%s\" is not a name".formatted(config.farm()), NAME_HINT);
    }
  }

  private <T> void elementNames(Kind kind, List<T> elements, Function<T, String> nameOf) {
    Map<String, Integer> first = new HashMap<>();
    for (int i = 0; i < elements.size(); i++) {
      String name = nameOf.apply(elements.get(i));
      String path = origin.path(kind, i) + ".name";
      if (!Names.isElementName(name)) {
        findings.error(path, "\"%s\" is not a name".formatted(name), NAME_HINT);
      }
      Integer twin = first.putIfAbsent(name, i);
      if (twin != null) {
        findings.error(
            path,
            "%s \"%s\" is there already, as %s"
                .formatted(kind.word(), name, origin.path(kind, twin)),
            "give each %s a name of its own".formatted(kind.word()));
      }
    }
  }

  private void hosts() {
    for (StaticHost host : config.hosts()) {
      String path = "hosts[" + host.name() + "]";
      if (!Names.isDnsName(host.name())) {
        findings.error(
            path, "\"%s\" is not a host name".formatted(host.name()), "write name: address");
      }
      if (!Names.isLiteral(host.address())) {
        findings.error(
            path,
            "\"%s\" is not an IP address".formatted(host.address()),
            "an entry leads a name to one IPv4 or IPv6 address");
      }
    }
  }

  private void unused() {
    Set<String> certificates = new HashSet<>();
    Set<String> pools = new HashSet<>();
    Set<String> listeners = new HashSet<>();
    for (Listener listener : config.listeners()) {
      if (listener.tls() != null) {
        certificates.addAll(listener.tls().certificates());
      }
    }
    for (PublishingRule rule : config.rules()) {
      listeners.add(rule.listener());
      if (rule.action() instanceof Action.ToPool(String pool)) {
        pools.add(pool);
      }
    }
    warnUnused(
        Kind.CERTIFICATE,
        config.certificates(),
        CertificateRef::name,
        certificates,
        "shown by no listener");
    warnUnused(Kind.POOL, config.pools(), Pool::name, pools, "reached by no rule");
    if (config.lync() == null) {
      warnUnused(
          Kind.LISTENER,
          config.listeners(),
          Listener::name,
          listeners,
          "without rules, it answers 404 to everything");
    }
  }

  private <T> void warnUnused(
      Kind kind, List<T> elements, Function<T, String> nameOf, Set<String> used, String what) {
    for (int i = 0; i < elements.size(); i++) {
      String name = nameOf.apply(elements.get(i));
      if (!used.contains(name)) {
        findings.warning(
            origin.path(kind, i),
            "%s \"%s\" is %s".formatted(kind.word(), name, what),
            "use it or remove it");
      }
    }
  }
}
