package io.portcullis.farm.lync;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.LyncTopology;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.PublishingRule;
import java.util.ArrayList;
import java.util.List;

/// A Lync topology turned into pools and publishing rules, each with the reason it is there.
///
/// Deterministic: the same document always gives the same names in the same order, so that a diff of two expansions
/// shows what changed and nothing else.
///
/// @param config the farm without `lync`: what the operator gave, then what the topology adds
/// @param reasons one per generated rule, in order
public record LyncExpansion(FarmConfig config, List<Reason> reasons) {
  public LyncExpansion {
    reasons = List.copyOf(reasons);
  }

  /// @param rule name of the generated rule
  /// @param why one sentence
  /// @param source the Microsoft topic it follows
  public record Reason(String rule, String why, String source) {}

  /// The configuration that nodes run; the same one if it has no `lync`.
  public static FarmConfig expand(FarmConfig config) {
    return explain(config).config();
  }

  /// The expansion with its reasons.
  ///
  /// @throws IllegalArgumentException if `FarmValidator.check` has errors about the `lync` section
  public static LyncExpansion explain(FarmConfig config) {
    LyncTopology lync = config.lync();
    if (lync == null) {
      return new LyncExpansion(config, List.of());
    }
    List<Pool> pools = new ArrayList<>(config.pools());
    pools.addAll(LyncPools.of(lync));
    LyncRules generated = LyncRules.of(config, lync);
    List<PublishingRule> rules = new ArrayList<>(config.rules());
    rules.addAll(generated.rules());
    FarmConfig expanded =
        new FarmConfig(
            config.farm(),
            config.listeners(),
            config.certificates(),
            pools,
            rules,
            config.hosts(),
            null,
            config.virtualAddresses());
    return new LyncExpansion(expanded, generated.reasons());
  }
}
