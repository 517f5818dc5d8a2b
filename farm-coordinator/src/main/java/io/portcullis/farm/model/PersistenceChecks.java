package io.portcullis.farm.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Pools that share the members of their sources: they must mean the same by a source.
final class PersistenceChecks {
  private final Findings findings;

  PersistenceChecks(Findings findings) {
    this.findings = findings;
  }

  void run(FarmConfig config, Origin origin) {
    Map<String, Pool> first = new HashMap<>();
    List<Pool> pools = config.pools();
    for (int i = 0; i < pools.size(); i++) {
      String group = pools.get(i).persistence().group();
      if (group != null) {
        String path = origin.path(Origin.Kind.POOL, i) + ".persistence.group";
        check(path, group, pools.get(i), first.putIfAbsent(group, pools.get(i)));
      }
    }
  }

  private void check(String path, String group, Pool pool, @Nullable Pool other) {
    if (!Names.isElementName(group)) {
      findings.error(
          path,
          "\"" + group + "\" is not a name",
          "begin with a letter or digit; then letters, digits, dots, dashes and underscores, at most 63");
    } else if (other != null && !sameSource(pool, other)) {
      findings.error(
          path,
          "pool \"%s\" is in persistence group \"%s\" with pool \"%s\", but their sources differ"
              .formatted(pool.name(), group, other.name()),
          "give both the same ipv4Prefix, ipv6Prefix and idle");
    }
  }

  private static boolean sameSource(Pool one, Pool other) {
    return one.persistence().equals(other.persistence());
  }
}
