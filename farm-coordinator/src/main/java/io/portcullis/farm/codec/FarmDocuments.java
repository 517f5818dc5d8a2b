package io.portcullis.farm.codec;

import io.portcullis.farm.model.FarmConfig;
import java.util.List;

/// The operator's document and the model, both ways: strict YAML (and so JSON) in, canonical YAML out.
public final class FarmDocuments {
  private FarmDocuments() {}

  /// Reads a document and checks all of it, `FarmValidator` included, so that the operator sees every problem at once.
  ///
  /// @param name where the text came from, as the operator calls it: `farm.yaml`
  public static Decoded decode(String text, String name) {
    return new Decoded.Refused(List.of());
  }

  /// Canonical YAML: the same configuration always gives the same text, and `decode` of it gives the configuration back.
  public static String encode(FarmConfig config) {
    return config.farm();
  }

  /// What changed, a line each, by name and never by index: `~ pools[pool01].members[fe1].weight: 1 -> 2`,
  /// `+ rule simple-meet ...`, `- listener http`. Empty when both say the same.
  public static List<String> diff(FarmConfig before, FarmConfig after) {
    return List.of();
  }
}
