package io.portcullis.proxy;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.binding.Identity;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Listener;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.StaticHost;
import io.portcullis.proxy.balance.Balancer;
import io.portcullis.proxy.explain.Door;
import io.portcullis.proxy.explain.Explainer;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.member.OwnAddresses;
import io.portcullis.proxy.rule.Decision;
import io.portcullis.proxy.rule.Rule;
import io.portcullis.proxy.rule.RuleTable;
import io.portcullis.proxy.snapshot.CompilerInput;
import io.portcullis.proxy.snapshot.SnapshotCompiler;
import java.net.InetAddress;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A configuration compiled as far as explaining needs it: rules, pools and members, without keys, sockets or DNS. A member whose
/// address the document does not give has an address that stands for "whatever the node finds".
final class Ground {

  private static final InetAddress SOMEWHERE = InetAddress.ofLiteral("0.0.0.0");
  private static final String DOWN = "down: ";

  private final FarmConfig config;
  private final Map<String, RuleTable> tables;
  private final Map<Long, String> owners = new HashMap<>();

  /// @param config expanded
  Ground(FarmConfig config) {
    this.config = config;
    this.tables =
        SnapshotCompiler.rules(
            new CompilerInput(
                0,
                config,
                Map.of(),
                Map.of(),
                Map.of(),
                addresses(config),
                new OwnAddresses(Set.of()),
                Instant.EPOCH,
                null));
  }

  private static Map<String, InetAddress> addresses(FarmConfig config) {
    Map<String, InetAddress> hosts = new HashMap<>();
    for (StaticHost host : config.hosts()) {
      hosts.put(host.name(), InetAddress.ofLiteral(host.address()));
    }
    Map<String, InetAddress> addresses = new HashMap<>();
    for (Pool pool : config.pools()) {
      for (Pool.Member member : pool.members()) {
        String said = member.address();
        addresses.put(
            pool.name() + "/" + member.host(),
            said != null
                ? InetAddress.ofLiteral(said)
                : hosts.getOrDefault(member.host(), SOMEWHERE));
      }
    }
    return addresses;
  }

  /// The members are as a node reports them.
  void asSeenBy(Wire.NodeStatus node) {
    for (RuleTable table : tables.values()) {
      for (Rule rule : table.rules()) {
        if (rule.outcome() instanceof Decision.Forward to) {
          to.pool().members().forEach(member -> reported(member, node));
        }
      }
    }
  }

  private static void reported(Member member, Wire.NodeStatus node) {
    String state = node.memberStates().getOrDefault(member.toString(), "up");
    member.draining(state.equals("draining"));
    if (state.startsWith(DOWN)) {
      member.checked(Member.Health.DOWN, state.substring(DOWN.length()));
    }
  }

  /// What the farm's table says of the source in question.
  void boundAs(List<Wire.Binding> bindings) {
    for (Wire.Binding one : bindings) {
      owners.put(Identity.of(one.group()), one.member());
      owners.put(Identity.ofGroup(one.group(), one.group()), one.member());
    }
  }

  private @Nullable Member owner(MemberPool pool) {
    String host = owners.get(pool.persistence().group());
    return pool.members().stream()
        .filter(member -> member.host().equals(host))
        .findFirst()
        .orElse(null);
  }

  Explainer explainer() {
    List<Door> doors =
        config.listeners().stream()
            .filter(one -> tables.containsKey(one.name()))
            .map(this::door)
            .toList();
    return new Explainer(doors, Balancer.ofPools(), (pool, _) -> owner(pool));
  }

  private Door door(Listener listener) {
    RuleTable rules = tables.getOrDefault(listener.name(), RuleTable.of(List.of()));
    return new Door(listener.name(), listener.bind(), listener.isTls(), rules);
  }
}
