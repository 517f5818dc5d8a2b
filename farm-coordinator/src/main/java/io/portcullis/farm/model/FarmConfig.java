package io.portcullis.farm.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything an operator says about a farm: one document, one record (`farm.yaml`).
///
/// Either `pools` and `rules` are given or a `lync` topology that expands to them
/// (`io.portcullis.farm.lync`); both may stand side by side, the expansion then adds to what is given.
///
/// @param farm name of the farm, the ZooKeeper root `/portcullis/<farm>`
/// @param hosts names resolved by the farm itself before DNS is asked, name to address
/// @param virtualAddresses addresses that some node of the farm holds at any time
/// @param lync present only in the operator's own document, never in an expanded one
public record FarmConfig(
    String farm,
    List<Listener> listeners,
    List<CertificateRef> certificates,
    List<Pool> pools,
    List<PublishingRule> rules,
    List<StaticHost> hosts,
    @Nullable LyncTopology lync,
    List<VirtualGroup> virtualAddresses) {

  public FarmConfig {
    listeners = List.copyOf(listeners);
    certificates = List.copyOf(certificates);
    pools = List.copyOf(pools);
    rules = List.copyOf(rules);
    hosts = List.copyOf(hosts);
    virtualAddresses = List.copyOf(virtualAddresses);
  }

  /// Without virtual addresses.
  public FarmConfig(
      String farm,
      List<Listener> listeners,
      List<CertificateRef> certificates,
      List<Pool> pools,
      List<PublishingRule> rules,
      List<StaticHost> hosts,
      @Nullable LyncTopology lync) {
    this(farm, listeners, certificates, pools, rules, hosts, lync, List.of());
  }

  public FarmConfig withCertificates(List<CertificateRef> references) {
    return new FarmConfig(farm, listeners, references, pools, rules, hosts, lync, virtualAddresses);
  }

  public FarmConfig withVirtualAddresses(List<VirtualGroup> groups) {
    return new FarmConfig(farm, listeners, certificates, pools, rules, hosts, lync, groups);
  }
}
