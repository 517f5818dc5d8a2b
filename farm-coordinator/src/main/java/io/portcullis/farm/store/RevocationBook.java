package io.portcullis.farm.store;

import io.portcullis.farm.store.StoreException.Kind;
import java.time.Instant;
import java.util.Optional;

/// The farm's revocations: one znode, changed by compare-and-set.
public final class RevocationBook {
  private static final int ATTEMPTS = 10;

  private final Znodes znodes;
  private final FarmPaths paths;

  RevocationBook(Znodes znodes, FarmPaths paths) {
    this.znodes = znodes;
    this.paths = paths;
  }

  public Revocations read() throws StoreException {
    return znodes.read(paths.revoked(), Revocations.class).orElse(Revocations.NONE);
  }

  /// @param identity `role/id`
  public void revoke(String identity, Instant now) throws StoreException {
    String path = paths.revoked();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Znodes.Versioned<Revocations>> before =
          znodes.readVersioned(path, Revocations.class);
      if (before.isEmpty()) {
        znodes.create(path, Znodes.encode(path, Revocations.NONE));
        continue;
      }
      byte[] bytes = Znodes.encode(path, before.get().value().with(identity, now));
      int version = before.get().version();
      if (znodes.set(path, bytes, version)) {
        return;
      }
    }
    throw new StoreException(Kind.BAD_DATA, path + " is being changed all the time; try again");
  }
}
