package io.portcullis.farm.store;

import io.portcullis.farm.store.StoreException.Kind;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.zookeeper.KeeperException;

/// Where the farm's coordinators are: one znode, changed by compare-and-set.
public final class CoordinatorBook {
  /// Two coordinators that start at once are usual, ten that lose in a row are a bug.
  private static final int ATTEMPTS = 10;

  private final Znodes znodes;
  private final FarmPaths paths;

  CoordinatorBook(Znodes znodes, FarmPaths paths) {
    this.znodes = znodes;
    this.paths = paths;
  }

  public Coordinators read() throws StoreException {
    return znodes.read(paths.coordinators(), Coordinators.class).orElse(Coordinators.NONE);
  }

  /// Enters a coordinator where it is now. It keeps the number it has, or gets one.
  public Coordinators.Place enter(String id, String admin, String zookeeper) throws StoreException {
    return update(
            book -> {
              int number = book.of(id).map(Coordinators.Place::number).orElseGet(book::freeNumber);
              return book.with(new Coordinators.Place(id, number, admin, zookeeper));
            })
        .of(id)
        .orElseThrow();
  }

  public void remove(String id) throws StoreException {
    Coordinators _ = update(book -> book.without(id));
  }

  private Coordinators update(UnaryOperator<Coordinators> change) throws StoreException {
    String path = paths.coordinators();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Znodes.Versioned<Coordinators>> before =
          znodes.readVersioned(path, Coordinators.class);
      if (before.isEmpty()) {
        boolean _ = znodes.create(path, Znodes.encode(path, Coordinators.NONE));
        continue;
      }
      Coordinators after = change.apply(before.get().value());
      if (after.equals(before.get().value())
          || replaced(path, Znodes.encode(path, after), before.get().version())) {
        return after;
      }
    }
    throw new StoreException(Kind.BAD_DATA, path + " is being changed all the time; try again");
  }

  private boolean replaced(String path, byte[] bytes, int version) throws StoreException {
    return znodes.run(
        path,
        client -> {
          try {
            client.setData().withVersion(version).forPath(path, bytes);
            return true;
          } catch (KeeperException.BadVersionException e) {
            return false;
          }
        });
  }
}
