package io.portcullis.proxy.snapshot;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.proxy.member.OwnAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything a compilation depends on; nothing else is read.
///
/// @param config expanded: no topology, trust bundles inline
/// @param certificates by name
/// @param listen bind addresses of this node by listener name, in place of the document's
/// @param bound what the system gave listeners that ask for port 0, by name; empty before they are bound
/// @param addresses what members resolved to, by `pool/host`; one that did not resolve is absent
/// @param own addresses that are this machine, for the loop guard
/// @param previous whose members and TLS contexts are reused where nothing changed about them
public record CompilerInput(
    long revision,
    FarmConfig config,
    Map<String, CertificateMaterial> certificates,
    Map<String, String> listen,
    Map<String, InetSocketAddress> bound,
    Map<String, InetAddress> addresses,
    OwnAddresses own,
    Instant now,
    @Nullable Snapshot previous) {

  public CompilerInput {
    certificates = Map.copyOf(certificates);
    listen = Map.copyOf(listen);
    bound = Map.copyOf(bound);
    addresses = Map.copyOf(addresses);
  }

  /// The same compilation once the listeners are bound.
  public CompilerInput withBound(Map<String, InetSocketAddress> addressesBound) {
    return new CompilerInput(
        revision, config, certificates, listen, addressesBound, addresses, own, now, previous);
  }
}
