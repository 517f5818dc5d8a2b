package io.portcullis.farm.store;

import java.time.Instant;

/// A revision that the farm leaves again unless somebody confirms it.
///
/// @param revision 0 = none waits
/// @param backTo the revision whose content comes back
/// @param untilMillis since 1970
public record Unconfirmed(long revision, long backTo, long untilMillis) {
  public static final Unconfirmed NONE = new Unconfirmed(0, 0, 0);

  public boolean isNone() {
    return revision == 0;
  }

  public Instant until() {
    return Instant.ofEpochMilli(untilMillis);
  }
}
