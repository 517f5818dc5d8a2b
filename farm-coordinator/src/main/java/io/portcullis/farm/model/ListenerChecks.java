package io.portcullis.farm.model;

import io.portcullis.farm.model.Origin.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Listeners and the certificates they show.
final class ListenerChecks {
  /// Load balancers in front of a farm are a handful.
  private static final int MOST_NETWORKS = 64;

  private final FarmConfig config;
  private final Origin origin;
  private final Findings findings;

  ListenerChecks(FarmConfig config, Origin origin, Findings findings) {
    this.config = config;
    this.origin = origin;
    this.findings = findings;
  }

  void run() {
    if (config.listeners().isEmpty() && !origin.unread(Kind.LISTENER, "")) {
      findings.error(
          "listeners",
          "the farm has no listener",
          "add listeners: [{name: http, bind: \"0.0.0.0:80\"}]");
    }
    for (int i = 0; i < config.listeners().size(); i++) {
      Listener listener = config.listeners().get(i);
      String path = origin.path(Kind.LISTENER, i);
      bind(path + ".bind", listener, config.listeners().subList(0, i));
      balancers(path + ".proxyProtocolFrom", listener.proxyProtocolFrom());
      if (listener.tls() != null) {
        tls(path + ".tls", listener.tls());
      }
    }
    for (int i = 0; i < config.certificates().size(); i++) {
      certificate(origin.path(Kind.CERTIFICATE, i), config.certificates().get(i));
    }
  }

  private void balancers(String path, List<String> networks) {
    if (networks.size() > MOST_NETWORKS) {
      findings.error(
          path,
          "has %d networks, more than %d".formatted(networks.size(), MOST_NETWORKS),
          "name the networks of the load balancers only");
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

  private void bind(String path, Listener listener, List<Listener> before) {
    BindAddress bind = BindAddress.parse(listener.bind());
    if (bind == null) {
      findings.error(
          path,
          "\"%s\" is not an address and a port".formatted(listener.bind()),
          "write \"0.0.0.0:443\" for every address, \"[::]:443\" for IPv6, or an address of the node");
      return;
    }
    for (Listener other : before) {
      BindAddress taken = BindAddress.parse(other.bind());
      if (taken != null && bind.port() != 0 && bind.equals(taken)) {
        findings.error(
            path,
            "listener \"%s\" binds %s already".formatted(other.name(), other.bind()),
            "give one of the two another address or port");
      } else if (taken != null && bind.overlaps(taken)) {
        findings.warning(
            path,
            "overlaps with %s of listener \"%s\"".formatted(other.bind(), other.name()),
            "the more specific address wins where both are bound; check that this is meant");
      }
    }
  }

  private void tls(String path, Listener.ListenerTls tls) {
    if (tls.certificates().isEmpty()) {
      findings.error(
          path + ".certificates",
          "a TLS listener needs a certificate",
          "name one of certificates; the first answers clients without server name");
    }
    Set<String> named = new HashSet<>();
    for (int i = 0; i < tls.certificates().size(); i++) {
      String name = tls.certificates().get(i);
      String at = path + ".certificates[" + i + "]";
      if (!named.add(name)) {
        findings.warning(at, "certificate \"%s\" is named twice".formatted(name), "remove one");
      }
      boolean known = config.certificates().stream().anyMatch(c -> c.name().equals(name));
      if (!known && !origin.unread(Kind.CERTIFICATE, name)) {
        List<String> names = config.certificates().stream().map(CertificateRef::name).toList();
        findings.error(
            at,
            "there is no certificate \"%s\"".formatted(name),
            names.isEmpty()
                ? "add certificates: [{name: %s, chainFile: ..., keyFile: ...}]".formatted(name)
                : "known certificates: " + String.join(", ", names));
      }
    }
    legacy(path + ".minVersion", tls.minVersion(), findings);
  }

  static void legacy(String path, TlsVersion version, Findings findings) {
    if (version.isLegacy()) {
      findings.warning(
          path,
          version.word() + " is broken cryptography, allowed here because the document asks for it",
          "keep it only while clients or servers that know nothing newer are left");
    }
  }

  private void certificate(String path, CertificateRef certificate) {
    String chain = certificate.chainFile();
    String key = certificate.keyFile();
    Integer version = certificate.version();
    if (certificate.acme() != null) {
      new AcmeChecks(config.listeners(), findings).check(path, certificate, certificate.acme());
      return;
    }
    if (version != null && (chain != null || key != null)) {
      findings.error(
          path,
          "names files and a stored version",
          "keep chainFile and keyFile in a document; version stands only in stored revisions");
    } else if (version != null && version < 1) {
      findings.error(path + ".version", "is " + version, "versions begin at 1");
    } else if (chain == null && key != null) {
      findings.error(
          path + ".chainFile",
          "certificate \"%s\" has no chain".formatted(certificate.name()),
          "add chainFile: a PEM file, the certificate first, then its intermediates");
    } else if (chain != null && key == null) {
      findings.error(
          path + ".keyFile",
          "certificate \"%s\" has no private key".formatted(certificate.name()),
          "add keyFile: the PEM file of the key the certificate was requested with");
    }
  }
}
