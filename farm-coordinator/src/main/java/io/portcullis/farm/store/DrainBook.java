package io.portcullis.farm.store;

import io.portcullis.farm.store.StoreException.Kind;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.zookeeper.KeeperException;

/// The farm's drains: one znode, changed by compare-and-set.
public final class DrainBook {
  /// Two operators at once are rare; ten in a row that lose are a bug.
  private static final int ATTEMPTS = 10;

  private final Znodes znodes;
  private final FarmPaths paths;

  DrainBook(Znodes znodes, FarmPaths paths) {
    this.znodes = znodes;
    this.paths = paths;
  }

  /// What is written there, drains whose time is over included.
  public Drains read() throws StoreException {
    return znodes.read(paths.drains(), Drains.class).orElse(Drains.NONE);
  }

  /// @param change asked again when somebody else was faster
  /// @return what is written now
  public Drains update(UnaryOperator<Drains> change) throws StoreException {
    String path = paths.drains();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Znodes.Versioned<Drains>> before = znodes.readVersioned(path, Drains.class);
      if (before.isEmpty()) {
        znodes.create(path, Znodes.encode(path, Drains.NONE));
        continue;
      }
      Drains after = change.apply(before.get().value());
      byte[] bytes = Znodes.encode(path, after);
      int version = before.get().version();
      boolean written =
          znodes.run(
              path,
              client -> {
                try {
                  client.setData().withVersion(version).forPath(path, bytes);
                  return true;
                } catch (KeeperException.BadVersionException e) {
                  return false;
                }
              });
      if (written) {
        return after;
      }
    }
    throw new StoreException(Kind.BAD_DATA, path + " is being changed all the time; try again");
  }
}
