package io.portcullis.proxy.health;

import io.portcullis.farm.model.Pool;
import org.jspecify.annotations.Nullable;

/// Counts checks until they say something: the first one counts at once, later it takes several in a row to change one's
/// mind, as many as the pool says at that moment.
final class Verdict {

  private @Nullable Boolean up;
  private int against;

  /// @return whether the member is up after this check
  boolean note(boolean passed, Pool.Judgement judgement) {
    Boolean was = up;
    if (was == null) {
      up = passed;
      return passed;
    }
    against = passed == was ? 0 : against + 1;
    if (against >= (was ? judgement.fall() : judgement.rise())) {
      up = passed;
      against = 0;
      return passed;
    }
    return was;
  }
}
