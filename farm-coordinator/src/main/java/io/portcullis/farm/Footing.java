package io.portcullis.farm;

import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.membership.Growth;
import io.portcullis.farm.server.StartFailed;
import io.portcullis.farm.store.Coordinators;
import io.portcullis.farm.store.FarmStore;
import java.io.IOException;
import java.time.InstantSource;
import java.util.function.Consumer;

/// What a coordinator's farm stands on: a member of the ensemble in this process, or an ensemble that others run.
interface Footing extends AutoCloseable {
  FarmHome home();

  /// Waits until ZooKeeper answers, for as long as it can be hoped for.
  void await(FarmStore store) throws StartFailed, IOException, InterruptedException;

  /// Whether the others say that they took this one out: asked when ZooKeeper denies something while it starts.
  boolean wasRemoved() throws IOException, InterruptedException;

  /// Says where this coordinator is, and follows where the others are.
  ///
  /// @param places told where the coordinators are
  /// @param removed told when the others have taken this one out
  void enter(FarmStore store, Consumer<Coordinators> places, Runnable removed)
      throws StartFailed, IOException;

  /// Keeps who was removed out of ZooKeeper, until closed.
  AutoCloseable door(FarmStore store, InstantSource clock);

  /// How others get in.
  Growth growth(FarmStore store);

  @Override
  void close();
}
