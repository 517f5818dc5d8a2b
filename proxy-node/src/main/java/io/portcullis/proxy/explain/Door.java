package io.portcullis.proxy.explain;

import io.portcullis.proxy.rule.RuleTable;
import io.portcullis.proxy.snapshot.Snapshot;
import java.util.List;
import java.util.TreeMap;

/// A listener as far as a decision needs it.
///
/// @param bind `host:port`
public record Door(String name, String bind, boolean tls, RuleTable rules) {

  public static List<Door> of(Snapshot snapshot) {
    return new TreeMap<>(snapshot.listeners())
        .values().stream()
            .map(one -> new Door(one.name(), one.bind(), one.names() != null, one.rules()))
            .toList();
  }

  int port() {
    return Integer.parseInt(bind.substring(bind.lastIndexOf(':') + 1));
  }

  @Override
  public String toString() {
    return name + " (" + bind + ", " + (tls ? "TLS" : "clear") + ")";
  }
}
