package io.portcullis.farm.store;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which farm key seals, and which comes next: what the farm has agreed on, by the keys' names, never the keys.
///
/// | stage | seals | opens | goes on when |
/// |---|---|---|---|
/// | SETTLED | current | current | somebody asks for another key |
/// | ANNOUNCED | current | current, next | all that are alive have next |
/// | SEALING | next | current, next | all coordinators seal with next, and everything is sealed anew |
///
/// @param generation one more with each stage; 0 = nothing was agreed on yet
/// @param next null unless one is on its way
/// @param since ISO-8601, of the stage
/// @param ready coordinators that have followed so far
public record KeyPlan(
    long generation,
    String current,
    @Nullable String next,
    Stage stage,
    String since,
    Set<String> ready) {
  public static final KeyPlan NONE = new KeyPlan(0, "", null, Stage.SETTLED, "", Set.of());

  public enum Stage {
    SETTLED,
    ANNOUNCED,
    SEALING
  }

  public KeyPlan {
    ready = Set.copyOf(ready);
  }

  static KeyPlan first(String current, String now) {
    return new KeyPlan(1, current, null, Stage.SETTLED, now, Set.of());
  }

  /// The key that seals at this stage.
  public String sealing() {
    return stage == Stage.SEALING && next != null ? next : current;
  }

  KeyPlan announcing(String key, String now) {
    return new KeyPlan(generation + 1, current, key, Stage.ANNOUNCED, now, Set.of());
  }

  KeyPlan advanced(String now) {
    return switch (stage) {
      case SETTLED -> this;
      case ANNOUNCED -> new KeyPlan(generation + 1, current, next, Stage.SEALING, now, Set.of());
      case SEALING -> new KeyPlan(generation + 1, sealing(), null, Stage.SETTLED, now, Set.of());
    };
  }

  KeyPlan with(String coordinator) {
    Set<String> more = new TreeSet<>(ready);
    more.add(coordinator);
    return new KeyPlan(generation, current, next, stage, since, more);
  }
}
