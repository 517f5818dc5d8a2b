package io.portcullis.farm.lync;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Simple URLs in their three shapes, hosts of their own (`meet.contoso.com`), one host with paths (`lync.contoso.com/Meet`)
/// and one host with domains and paths (`lync.contoso.com/contoso.com/Meet`), as groups of hosts that share their paths.
///
/// @param hosts lower case
/// @param paths `/`, or the prefixes published under each of the hosts
record SimpleUrlRules(List<String> hosts, List<String> paths) {
  SimpleUrlRules {
    hosts = List.copyOf(hosts);
    paths = List.copyOf(paths);
  }

  /// One group per distinct set of paths: a rule publishes every path under every name.
  static List<SimpleUrlRules> of(List<String> urls) {
    Map<String, Set<String>> pathsOf = new LinkedHashMap<>();
    for (String url : urls) {
      int slash = url.indexOf('/');
      String host = (slash < 0 ? url : url.substring(0, slash)).toLowerCase(Locale.ROOT);
      pathsOf
          .computeIfAbsent(host, _ -> new LinkedHashSet<>())
          .add(slash < 0 ? "/" : url.substring(slash));
    }
    Map<Set<String>, List<String>> groups = new LinkedHashMap<>();
    pathsOf.forEach(
        (host, paths) -> groups.computeIfAbsent(paths, _ -> new ArrayList<>()).add(host));
    return groups.entrySet().stream()
        .map(group -> new SimpleUrlRules(group.getValue(), List.copyOf(group.getKey())))
        .toList();
  }
}
