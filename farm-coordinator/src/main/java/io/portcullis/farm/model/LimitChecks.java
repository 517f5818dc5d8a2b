package io.portcullis.farm.model;

import java.util.List;

/// Limits of listeners and rules, and the networks that rules name.
final class LimitChecks {
  /// More than one source can do on one node.
  private static final int MOST = 1_000_000;

  /// Each is compared with the client's address at every request.
  private static final int MOST_NETWORKS = 256;

  private final FarmConfig config;
  private final Origin origin;
  private final Findings findings;

  LimitChecks(FarmConfig config, Origin origin, Findings findings) {
    this.config = config;
    this.origin = origin;
    this.findings = findings;
  }

  void run() {
    for (int i = 0; i < config.listeners().size(); i++) {
      listener(origin.path(Origin.Kind.LISTENER, i) + ".limits", config.listeners().get(i));
    }
    for (int i = 0; i < config.rules().size(); i++) {
      rule(origin.path(Origin.Kind.RULE, i), config.rules().get(i).access());
    }
  }

  private void listener(String path, Listener listener) {
    Listener.Limits limits = listener.limits();
    findings.within(path + ".connectionsPerSource", limits.connectionsPerSource(), 0, MOST);
    findings.within(path + ".handshakesPerSource", limits.handshakesPerSource(), 0, MOST);
    findings.within(path + ".requestsPerSource", limits.requestsPerSource(), 0, MOST);
    if (limits.handshakesPerSource() != 0 && !listener.isTls()) {
      findings.warning(
          path + ".handshakesPerSource",
          "does nothing: listener \"%s\" has no tls".formatted(listener.name()),
          "limit connectionsPerSource or requestsPerSource there");
    }
  }

  private void rule(String path, PublishingRule.Access access) {
    findings.within(path + ".limits.requestsPerSource", access.requestsPerSource(), 0, MOST);
    findings.within(path + ".limits.requests", access.requests(), 0, MOST);
    networks(path + ".allowSources", access.allowSources());
    networks(path + ".denySources", access.denySources());
  }

  private void networks(String path, List<String> networks) {
    if (networks.size() > MOST_NETWORKS) {
      findings.error(
          path,
          "has %d networks, more than %d".formatted(networks.size(), MOST_NETWORKS),
          "join neighbouring ones, or leave long lists to the firewall");
    }
    for (int i = 0; i < networks.size(); i++) {
      if (Network.parse(networks.get(i)).isEmpty()) {
        findings.error(
            path + "[" + i + "]",
            "\"%s\" is not a network".formatted(networks.get(i)),
            "write an address or a network: 192.0.2.7, 192.0.2.0/24, 2001:db8::/32");
      }
    }
  }
}
