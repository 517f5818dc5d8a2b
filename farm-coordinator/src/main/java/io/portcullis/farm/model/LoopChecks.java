package io.portcullis.farm.model;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Members that are the farm itself: a request would go round until something breaks.
///
/// Only what the document says is judged, nothing is looked up: literal addresses, names in `hosts`, and the loopback. A
/// member called by a name that clients use gets a warning, because public DNS leads that name to the farm ("Configure web
/// publishing rules": the internal site name must resolve to the server, not to the proxy).
final class LoopChecks {
  private final FarmConfig config;
  private final Findings findings;
  private final List<Listener> listeners = new ArrayList<>();
  private final List<BindAddress> binds = new ArrayList<>();
  private final Map<String, String> hosts = new HashMap<>();
  private final Set<InetAddress> virtual = new HashSet<>();

  LoopChecks(FarmConfig config, Findings findings) {
    this.config = config;
    this.findings = findings;
    for (Listener listener : config.listeners()) {
      BindAddress bind = BindAddress.parse(listener.bind());
      if (bind != null) {
        listeners.add(listener);
        binds.add(bind);
      }
    }
    for (VirtualGroup group : config.virtualAddresses()) {
      group.addresses().forEach(a -> Network.parse(a).ifPresent(n -> virtual.add(n.address())));
    }
    config.hosts().forEach(h -> hosts.put(Names.canonicalName(h.name()), h.address()));
  }

  void run(Origin origin) {
    Set<String> published = published();
    for (PoolView pool : PoolView.all(config, origin)) {
      for (int i = 0; i < pool.members().size(); i++) {
        member(pool, i, published);
      }
    }
  }

  private void member(PoolView pool, int index, Set<String> published) {
    Pool.Member member = pool.members().get(index);
    Pool.Bridging ports = pool.bridgingOf(member);
    InetAddress address = addressOf(member);
    if (address == null) {
      if (published.contains(Names.canonicalName(member.host()))) {
        findings.warning(
            pool.memberPath(index) + ".host",
            "\"%s\" is also a public name: DNS may lead it back to this farm"
                .formatted(member.host()),
            "add address: the server's own, or an entry in hosts");
      }
      return;
    }
    for (int i = 0; i < binds.size(); i++) {
      BindAddress bind = binds.get(i);
      boolean port = bind.port() == ports.https() || bind.port() == ports.http();
      if (bind.port() != 0 && port && isOwn(address, bind)) {
        findings.error(
            pool.memberPath(index),
            "member \"%s\" at %s port %d is listener \"%s\" of this farm: requests would loop"
                .formatted(
                    member.host(), address.getHostAddress(), bind.port(), listeners.get(i).name()),
            "give the address and the bridging ports of the server itself");
      }
    }
  }

  private @Nullable InetAddress addressOf(Pool.Member member) {
    String name = Names.canonicalName(member.host());
    String text = member.address() != null ? member.address() : hosts.getOrDefault(name, name);
    return Names.literal(text.equals("localhost") ? "127.0.0.1" : text);
  }

  /// A listener on every address is also on each address that another listener names.
  private boolean isOwn(InetAddress address, BindAddress bind) {
    if (address.equals(bind.address()) || address.isAnyLocalAddress()) {
      return true;
    }
    return bind.address().isAnyLocalAddress()
        && (address.isLoopbackAddress()
            || virtual.contains(address)
            || binds.stream().anyMatch(other -> other.address().equals(address)));
  }

  private Set<String> published() {
    Set<String> names = new HashSet<>();
    config.rules().forEach(r -> r.publicNames().forEach(n -> names.add(Names.canonicalName(n))));
    LyncTopology lync = config.lync();
    if (lync != null) {
      lync.webPools().forEach(p -> names.add(Names.canonicalName(p.externalFqdn())));
    }
    return names;
  }
}
