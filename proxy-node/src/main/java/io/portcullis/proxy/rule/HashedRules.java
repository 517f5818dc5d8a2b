package io.portcullis.proxy.rule;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.portcullis.proxy.message.RequestHead;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Names hashed by their lower-cased bytes where they lie in the head: deciding makes no strings, and allocates nothing
/// unless the path is written in an unusual way.
final class HashedRules implements RuleTable {

  private static final Decision NO_HOST =
      new Decision.Reject(DEFAULT_DENY, 400, "the request names no host");
  private static final Decision UNKNOWN_NAME =
      new Decision.Reject(DEFAULT_DENY, 404, "no rule publishes this name");

  private final List<Rule> rules;
  private final NameTable<PathRules> exact;
  private final NameTable<PathRules> wildcard;
  private final @Nullable PathRules anyName;

  HashedRules(List<Rule> rules) {
    this.rules = List.copyOf(rules);
    Map<String, List<Rule>> byName = new LinkedHashMap<>();
    for (Rule rule : rules) {
      for (String name : rule.publicNames()) {
        byName.computeIfAbsent(canonical(name), _ -> new ArrayList<>()).add(rule);
      }
    }
    Map<String, PathRules> exactNames = new LinkedHashMap<>();
    Map<String, PathRules> wildcardNames = new LinkedHashMap<>();
    PathRules any = null;
    for (Map.Entry<String, List<Rule>> entry : byName.entrySet()) {
      PathRules paths = new PathRules(entry.getValue());
      if (entry.getKey().equals("*")) {
        any = paths;
      } else if (entry.getKey().startsWith("*.")) {
        wildcardNames.put(entry.getKey().substring(2), paths);
      } else {
        exactNames.put(entry.getKey(), paths);
      }
    }
    exact = new NameTable<>(exactNames);
    wildcard = new NameTable<>(wildcardNames);
    anyName = any;
  }

  private static String canonical(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    byte[] bytes = lower.getBytes(UTF_8);
    HostRange range = HostRange.of(bytes, 0, bytes.length);
    return new String(bytes, range.start(), range.end() - range.start(), UTF_8);
  }

  @Override
  public List<Rule> rules() {
    return rules;
  }

  @Override
  public Decision decide(RequestHead head) {
    byte[] bytes = head.bytes();
    HostRange host = HostRange.of(bytes, head.hostStart(), head.hostEnd());
    if (host.isEmpty()) {
      return NO_HOST;
    }
    PathRules paths = pathsOf(bytes, host);
    return paths == null ? UNKNOWN_NAME : paths.decide(bytes, head.pathStart(), head.pathEnd());
  }

  @Override
  public boolean speaksHttp2(byte[] host) {
    HostRange range = HostRange.of(host, 0, host.length);
    PathRules paths = range.isEmpty() ? null : pathsOf(host, range);
    return paths != null && paths.speakHttp2();
  }

  private @Nullable PathRules pathsOf(byte[] bytes, HostRange host) {
    PathRules found = exact.find(bytes, host.start(), host.end());
    if (found != null) {
      return found;
    }
    int dot = host.firstDot(bytes);
    found = dot <= host.start() ? null : wildcard.find(bytes, dot + 1, host.end());
    return found != null ? found : anyName;
  }
}
