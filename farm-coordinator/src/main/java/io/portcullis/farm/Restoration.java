package io.portcullis.farm;

import io.portcullis.farm.cli.Restoring;
import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.FarmKey;
import io.portcullis.farm.identity.FarmKeys;
import io.portcullis.farm.identity.PassphraseBox;
import io.portcullis.farm.identity.SecretFiles;
import io.portcullis.farm.store.FarmCopy;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.LocalSeal;
import io.portcullis.farm.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A farm out of a backup, in two steps that may each be cut short: `farmctl restore` leaves one file in an empty state directory, and the
/// coordinator's first start there takes it into CA, key and store before anything is served, and removes it last.
///
/// @param copy what waits to be taken in
record Restoration(Path state, FarmCopy copy) {
  private static final Logger LOG = LoggerFactory.getLogger(Restoration.class);

  /// Sealed under `farm.key` beside it.
  private static final String FILE = "restore.pending";

  private static final String PLACE = "restore";

  /// All that may lie in the directory beforehand: what a restore leaves that was cut short, and what a file system brings.
  private static final List<String> HARMLESS = List.of("farm.key", FILE, "lost+found");

  /// The first step. Everything is looked at before anything is written.
  static Restoring.Restored prepare(byte[] backup, String passphrase, Path state)
      throws IOException, GeneralSecurityException {
    FarmCopy copy = FarmCopy.decode(PassphraseBox.open(backup, passphrase));
    FarmAuthority.require(copy.farm(), copy.authorityPem(), copy.authorityKey());
    copy.require();
    FarmCopy.NextAuthority next = copy.nextAuthority();
    if (next != null) {
      FarmAuthority.require(copy.farm(), next.certificate(), next.key());
    }
    FarmKey key = FarmKey.parse(copy.farmKey(), "what the backup calls so");
    if (copy.current() != 0
        && copy.revisions().stream().noneMatch(kept -> kept.number() == copy.current())) {
      throw new IOException("it lacks revision " + copy.current() + ", which counts");
    }
    requireEmpty(state);
    SecretFiles.directory(state);
    key.write(state.resolve(FarmHome.KEY));
    SecretFiles.write(
        state.resolve(FILE), new LocalSeal(FarmKeys.of(key), PLACE).seal("copy", copy.encode()));
    return new Restoring.Restored(
        copy.farm(), copy.madeAt(), copy.current(), copy.certificates().size());
  }

  static boolean isPending(Path state) {
    return Files.exists(state.resolve(FILE));
  }

  /// The second step begins: CA and key where the coordinator looks for them.
  static Optional<Restoration> begin(Path state) throws IOException, GeneralSecurityException {
    if (!isPending(state)) {
      return Optional.empty();
    }
    FarmKey key = FarmKey.read(state.resolve(FarmHome.KEY));
    byte[] sealed = Files.readAllBytes(state.resolve(FILE));
    FarmCopy copy = FarmCopy.decode(new LocalSeal(FarmKeys.of(key), PLACE).open("copy", sealed));
    FarmAuthority.adopt(state.resolve("authority"), copy.authorityPem(), copy.authorityKey());
    FarmCopy.NextAuthority next = copy.nextAuthority();
    if (next != null) {
      FarmAuthority.adoptNext(
          state.resolve("authority"), next.certificate(), next.key(), next.issues());
    }
    return Optional.of(new Restoration(state, copy));
  }

  /// The second step ends: the store is the farm's, and the file is gone.
  void finish(FarmStore store, String coordinator, InstantSource clock)
      throws StoreException, IOException {
    store.archive().write(copy, clock.instant(), coordinator);
    Files.delete(state.resolve(FILE));
    LOG.info(
        "farm {} is restored as of {}, revision {}", copy.farm(), copy.madeAt(), copy.current());
  }

  private static void requireEmpty(Path state) throws IOException {
    if (!Files.exists(state)) {
      return;
    }
    try (Stream<Path> files = Files.list(state)) {
      List<String> others =
          files
              .map(file -> String.valueOf(file.getFileName()))
              .filter(name -> !HARMLESS.contains(name))
              .limit(3)
              .toList();
      if (!others.isEmpty()) {
        throw new IOException("%s is not empty (%s)".formatted(state, String.join(", ", others)));
      }
    }
  }
}
