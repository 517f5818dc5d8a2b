package io.portcullis.farm.store;

import io.portcullis.farm.store.StoreException.Kind;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The farm's agreement on its keys: one znode, changed by compare-and-set.
public final class KeyPlanBook {
  private static final int ATTEMPTS = 10;

  private final Znodes znodes;
  private final FarmPaths paths;

  KeyPlanBook(Znodes znodes, FarmPaths paths) {
    this.znodes = znodes;
    this.paths = paths;
  }

  public KeyPlan read() throws StoreException {
    return znodes.read(paths.keyPlan(), KeyPlan.class).orElse(KeyPlan.NONE);
  }

  /// What a farm begins with.
  void found(String key, Instant now) throws StoreException {
    boolean _ =
        znodes.create(
            paths.keyPlan(), Znodes.encode(paths.keyPlan(), KeyPlan.first(key, now.toString())));
  }

  /// @param key its name; every coordinator that is asked for it has to have it
  /// @param seen generation that was looked at
  /// @return empty if somebody else was faster
  public Optional<KeyPlan> announce(String key, long seen, Instant now) throws StoreException {
    KeyPlan after =
        update(plan -> plan.generation() == seen ? plan.announcing(key, now.toString()) : plan);
    return Optional.of(after).filter(plan -> key.equals(plan.next()));
  }

  /// The stage after this one, unless somebody else was faster.
  public KeyPlan advance(KeyPlan seen, Instant now) throws StoreException {
    return update(
        plan -> plan.generation() == seen.generation() ? plan.advanced(now.toString()) : plan);
  }

  /// A coordinator has followed.
  public void ready(String coordinator, long generation) throws StoreException {
    KeyPlan _ = update(plan -> plan.generation() == generation ? plan.with(coordinator) : plan);
  }

  private KeyPlan update(UnaryOperator<KeyPlan> change) throws StoreException {
    String path = paths.keyPlan();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Znodes.Versioned<KeyPlan>> before = znodes.readVersioned(path, KeyPlan.class);
      if (before.isEmpty()) {
        throw new StoreException(Kind.BAD_DATA, path + " is missing: restart a coordinator");
      }
      KeyPlan after = change.apply(before.get().value());
      if (after.equals(before.get().value())
          || znodes.set(path, Znodes.encode(path, after), before.get().version())) {
        return after;
      }
    }
    throw new StoreException(Kind.BAD_DATA, path + " is being changed all the time; try again");
  }
}
