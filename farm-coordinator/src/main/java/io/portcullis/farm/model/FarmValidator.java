package io.portcullis.farm.model;

import java.util.List;

/// Every problem of a configuration at once: what no single record can see.
public final class FarmValidator {
  private FarmValidator() {}

  /// Checks a configuration, with or without its `lync` section.
  public static List<Problem> check(FarmConfig config) {
    return check(config, Origin.WHOLE);
  }

  /// Checks what was read of a document that may have unreadable parts.
  public static List<Problem> check(FarmConfig config, Origin origin) {
    return List.of();
  }

  /// What only the expansion of a `lync` section brings to light, such as a generated rule that meets one of the operator's.
  public static List<Problem> checkExpansion(FarmConfig source, FarmConfig expanded) {
    return List.of();
  }
}
