package io.portcullis.proxy.health;

import org.jspecify.annotations.Nullable;

/// Counts checks until they say something: the first one counts at once, later it takes two in a row to change one's mind.
final class Verdict {

  /// One failure may be a restart of the check's own connection; two are an outage.
  private static final int FALL = 2;

  /// A server that came back must answer twice before clients are sent to it.
  private static final int RISE = 2;

  private @Nullable Boolean up;
  private int against;

  /// @return whether the member is up after this check
  boolean note(boolean passed) {
    Boolean was = up;
    if (was == null) {
      up = passed;
      return passed;
    }
    against = passed == was ? 0 : against + 1;
    if (against >= (was ? FALL : RISE)) {
      up = passed;
      against = 0;
      return passed;
    }
    return was;
  }
}
