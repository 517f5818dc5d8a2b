package io.portcullis.farm.lync;

import io.portcullis.farm.model.FarmConfig;
import java.util.List;

/// A Lync topology turned into pools and publishing rules, each with the reason it is there.
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

  /// @throws IllegalArgumentException if `FarmValidator.check` has errors about the `lync` section
  public static LyncExpansion explain(FarmConfig config) {
    return new LyncExpansion(config, List.of());
  }
}
