package io.portcullis.proxy.snapshot;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Listener;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.model.PublishingRule;
import io.portcullis.proxy.member.Bind;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.message.Forwarding;
import io.portcullis.proxy.message.Networks;
import io.portcullis.proxy.message.Upgrades;
import io.portcullis.proxy.rule.Decision;
import io.portcullis.proxy.rule.Rule;
import io.portcullis.proxy.rule.RuleTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Publishing rules, sorted by listener, with their pools in hand.
final class RuleCompiler {

  private static final int HTTPS_PORT = 443;

  private final FarmConfig config;
  private final Map<String, MemberPool> pools;
  private final Map<String, Bind> binds;
  private final Map<String, Listener> listeners = new HashMap<>();
  private final Consumer<Problem> problems;

  RuleCompiler(
      FarmConfig config,
      Map<String, Bind> binds,
      Map<String, MemberPool> pools,
      Consumer<Problem> problems) {
    this.config = config;
    this.binds = binds;
    this.pools = pools;
    this.problems = problems;
    config.listeners().forEach(listener -> listeners.put(listener.name(), listener));
  }

  Map<String, RuleTable> compile() {
    Map<String, List<Rule>> byListener = new LinkedHashMap<>();
    for (int i = 0; i < config.rules().size(); i++) {
      PublishingRule rule = config.rules().get(i);
      Listener listener = listeners.get(rule.listener());
      if (listener == null) {
        problems.accept(
            Problem.error(
                "rules[" + i + "].listener",
                "rule \"%s\" is on listener \"%s\", which does not exist"
                    .formatted(rule.name(), rule.listener()),
                "the listeners are " + String.join(", ", listeners.keySet())));
        continue;
      }
      Decision outcome = outcome(rule, listener, "rules[" + i + "]");
      if (outcome != null) {
        byListener
            .computeIfAbsent(listener.name(), _ -> new ArrayList<>())
            .add(
                new Rule(
                    rule.name(),
                    rule.publicNames(),
                    rule.paths(),
                    rule.deny(),
                    outcome,
                    rule.policy().http2()));
      }
    }
    Map<String, RuleTable> tables = new HashMap<>();
    byListener.forEach((listener, rules) -> tables.put(listener, RuleTable.of(rules)));
    return tables;
  }

  private @Nullable Decision outcome(PublishingRule rule, Listener listener, String path) {
    return switch (rule.action()) {
      case PublishingRule.Action.ToPool(String name) -> forward(rule, name, listener, path);
      case PublishingRule.Action.RedirectToHttps() ->
          new Decision.RedirectToHttps(rule.name(), httpsPort());
      case PublishingRule.Action.Respond(int status) -> new Decision.Respond(rule.name(), status);
    };
  }

  private @Nullable Decision forward(
      PublishingRule rule, String name, Listener listener, String path) {
    MemberPool pool = pools.get(name);
    if (pool == null) {
      boolean declared = config.pools().stream().anyMatch(known -> known.name().equals(name));
      if (!declared) {
        problems.accept(
            Problem.error(
                path + ".pool",
                "rule \"%s\" forwards to pool \"%s\", which does not exist"
                    .formatted(rule.name(), name),
                "the pools are " + String.join(", ", pools.keySet())));
      }
      return null;
    }
    if (listener.isTls() && pool.upstreamTls() == null) {
      problems.accept(
          Problem.error(
              path + ".pool",
              "rule \"%s\" is on a TLS listener, but pool \"%s\" has no tls"
                  .formatted(rule.name(), name),
              "give the pool tls with the trust bundle of its members' certificates"));
    }
    for (Member member : pool.members()) {
      if (member.port(listener.isTls()) == 0) {
        problems.accept(
            Problem.error(
                path + ".pool",
                "member %s offers no port for rule \"%s\" on listener \"%s\""
                    .formatted(member, rule.name(), listener.name()),
                "give bridging." + (listener.isTls() ? "https" : "http") + " a port"));
      }
    }
    Upgrades upgrades =
        new Upgrades(rule.policy().upgrade().protocols(), rule.policy().upgrade().idle());
    return new Decision.Forward(
        rule.name(), pool, rule.dropAuthorization(), upgrades, forwarding(rule.policy()));
  }

  private static Forwarding forwarding(PublishingRule.Policy policy) {
    return switch (policy.forwardedHeaders()) {
      case OFF -> Forwarding.OFF;
      case REPLACE -> Forwarding.REPLACED;
      case APPEND -> new Forwarding(true, Networks.of(policy.forwardedFrom()));
    };
  }

  /// Where a redirect leads: the port of the first TLS listener of this node, 443 while the system has yet to choose one.
  private int httpsPort() {
    for (Listener listener : config.listeners()) {
      Bind bind = binds.get(listener.name());
      if (listener.isTls() && bind != null && bind.port() != 0) {
        return bind.port();
      }
    }
    return HTTPS_PORT;
  }
}
