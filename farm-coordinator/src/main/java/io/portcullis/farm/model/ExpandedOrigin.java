package io.portcullis.farm.model;

import java.util.HashMap;
import java.util.Map;

/// Leads what was generated from a Lync topology back to the section of the document that asked for it.
final class ExpandedOrigin implements Origin {
  private final FarmConfig source;
  private final FarmConfig expanded;
  private final Map<String, String> lyncPools = new HashMap<>();

  ExpandedOrigin(FarmConfig source, FarmConfig expanded) {
    this.source = source;
    this.expanded = expanded;
    if (source.lync() != null) {
      PoolView.ofLync(source.lync()).forEach(pool -> lyncPools.put(pool.name(), pool.path()));
    }
  }

  @Override
  public String path(Kind kind, int index) {
    String written = WHOLE.path(kind, index);
    return switch (kind) {
      case LISTENER, CERTIFICATE, VIRTUAL -> written;
      case POOL ->
          index < source.pools().size()
              ? written
              : lyncPools.getOrDefault(expanded.pools().get(index).name(), "lync");
      case RULE ->
          index < source.rules().size()
              ? written
              : "lync.rules[" + expanded.rules().get(index).name() + "]";
    };
  }
}
