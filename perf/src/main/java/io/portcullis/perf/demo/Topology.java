package io.portcullis.perf.demo;

import io.portcullis.farm.server.FreePort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/// What the demo runs and publishes: two Front Ends of one pool, two nodes, two SIP domains.
///
/// @param admin port of the coordinator's admin API
/// @param zookeeper port of its embedded ZooKeeper
record Topology(int admin, int zookeeper, List<Server> members, List<Server> nodes) {

  static final String FARM = "contoso-edge";
  static final String POOL = "pool01.contoso.local";
  static final String EXTERNAL = "webext01.contoso.com";
  static final String DIALIN = "dialin.contoso.com";
  static final List<String> SIP_DOMAINS = List.of("contoso.com", "fabrikam.com");

  /// A process with a TLS port and a clear port on 127.0.0.1.
  record Server(String name, int https, int http) {}

  static Topology onFreePorts() throws DemoFailure {
    Iterator<Integer> ports = freePorts();
    List<Server> members = new ArrayList<>();
    List<Server> nodes = new ArrayList<>();
    for (int i = 1; i <= 2; i++) {
      members.add(new Server("fe" + i + ".contoso.local", ports.next(), ports.next()));
      nodes.add(new Server("node-" + i, ports.next(), ports.next()));
    }
    return new Topology(ports.next(), ports.next(), List.copyOf(members), List.copyOf(nodes));
  }

  private static Iterator<Integer> freePorts() throws DemoFailure {
    try {
      return FreePort.some(10).iterator();
    } catch (IOException e) {
      throw new DemoFailure("no free ports on 127.0.0.1: " + e.getMessage());
    }
  }

  static List<String> meetNames() {
    return SIP_DOMAINS.stream().map(domain -> "meet." + domain).toList();
  }

  static List<String> discoverNames() {
    return SIP_DOMAINS.stream().map(domain -> "lyncdiscover." + domain).toList();
  }

  /// Every name that clients use; the certificate carries them all.
  static List<String> publicNames() {
    List<String> names = new ArrayList<>(List.of(EXTERNAL));
    names.addAll(meetNames());
    names.add(DIALIN);
    names.addAll(discoverNames());
    return names;
  }

  /// The document that publishes the pool; the files it names lie beside it.
  ///
  /// @param applying the command that applies it, for the comment at its head
  String document(String applying) {
    StringBuilder members = new StringBuilder();
    for (Server member : this.members) {
      members.append(
          "        - {host: %s, address: 127.0.0.1, bridging: {https: %d, http: %d}}\n"
              .formatted(member.name(), member.https(), member.http()));
    }
    return """
    # What the demo applied. Change it, then: %s
    farm: %s
    listeners:
      # The demo's nodes share one host, so each is started with --listen and ports of its own.
      - {name: https, bind: "127.0.0.1:443", tls: {certificates: [contoso], minVersion: TLSv1.2}}
      - {name: http, bind: "127.0.0.1:80"}
    certificates:
      - {name: contoso, chainFile: public.pem, keyFile: public.key}
    lync:
      version: 2013
      sipDomains: [%s]
      pools:
        - name: pool01
          externalFqdn: %s
          members:
    %s      tls: {serverName: %s, trustFile: pool/pool-ca.pem}
          health: {get: /autodiscover/autodiscoverservice.svc/root, expect: 200, interval: 2s}
      simpleUrls: {meet: [%s], dialin: %s}
      httpAutodiscover: true
    """
        .formatted(
            applying,
            FARM,
            String.join(", ", SIP_DOMAINS),
            EXTERNAL,
            members,
            POOL,
            String.join(", ", meetNames()),
            DIALIN);
  }
}
