package io.portcullis.farm.model;

import io.portcullis.farm.model.Origin.Kind;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// Rules that take requests from each other. The most specific name, then the longest path decides, so two rules are
/// in each other's way only if both publish the same name with the same path on the same listener.
final class ShadowChecks {
  /// A finding that lists more than this is not read to its end.
  private static final int MOST_SHOWN = 5;

  private record Claim(String listener, String name, String path) {}

  private final FarmConfig config;
  private final Origin origin;
  private final Findings findings;

  ShadowChecks(FarmConfig config, Origin origin, Findings findings) {
    this.config = config;
    this.origin = origin;
    this.findings = findings;
  }

  void run() {
    Map<Claim, Integer> claims = new HashMap<>();
    for (int i = 0; i < config.rules().size(); i++) {
      Map<Integer, Set<String>> taken = new LinkedHashMap<>();
      for (Claim claim : claims(config.rules().get(i))) {
        Integer first = claims.putIfAbsent(claim, i);
        if (first != null) {
          taken
              .computeIfAbsent(first, _ -> new LinkedHashSet<>())
              .add(claim.name() + (claim.path().isEmpty() ? "/" : claim.path()));
        }
      }
      for (Map.Entry<Integer, Set<String>> entry : taken.entrySet()) {
        shadow(i, entry.getKey(), entry.getValue());
      }
      denied(i);
    }
  }

  private static Set<Claim> claims(PublishingRule rule) {
    Set<Claim> claims = new LinkedHashSet<>();
    if (rule.publicNames().size() > RuleChecks.MOST_NAMES
        || rule.paths().size() > RuleChecks.MOST_PATHS) {
      return claims;
    }
    for (String name : rule.publicNames()) {
      for (String path : rule.paths()) {
        claims.add(
            new Claim(rule.listener(), Names.canonicalName(name), Names.canonicalPath(path)));
      }
    }
    return claims;
  }

  private void shadow(int later, int earlier, Set<String> urls) {
    PublishingRule rule = config.rules().get(later);
    PublishingRule first = config.rules().get(earlier);
    boolean all = urls.size() == claims(rule).size();
    findings.error(
        origin.path(Kind.RULE, later),
        "rule \"%s\" %s what rule \"%s\" (%s) takes first: %s"
            .formatted(
                rule.name(),
                all ? "can never match, it publishes only" : "publishes again",
                first.name(),
                origin.path(Kind.RULE, earlier),
                shown(urls)),
        "leave each public name and path to one rule of a listener");
  }

  private void denied(int index) {
    PublishingRule rule = config.rules().get(index);
    for (int i = 0; i < rule.paths().size(); i++) {
      String path = Names.canonicalPath(rule.paths().get(i));
      for (String deny : rule.deny()) {
        if (Names.covers(Names.canonicalPath(deny), path)) {
          findings.error(
              origin.path(Kind.RULE, index) + ".paths[" + i + "]",
              "the rule denies %s itself by %s".formatted(rule.paths().get(i), deny),
              "remove one of the two");
        }
      }
    }
  }

  static String shown(Set<String> items) {
    String first = String.join(", ", items.stream().limit(MOST_SHOWN).toList());
    return items.size() <= MOST_SHOWN
        ? first
        : first + " and %d more".formatted(items.size() - MOST_SHOWN);
  }
}
