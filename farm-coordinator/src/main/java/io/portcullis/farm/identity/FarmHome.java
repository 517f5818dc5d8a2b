package io.portcullis.farm.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What a coordinator or node keeps in its state directory to be itself after a restart: identity, farm key, and where
/// ZooKeeper is.
///
/// `identity.pem` is written last: a directory that has it is a joined one.
///
/// @param zookeeper connect string `host:port,host:port`, with a chroot behind it where others run the ensemble
public record FarmHome(Path directory, IdentityFile identity, FarmKeys keys, String zookeeper) {
  /// Four times what the files take together.
  private static final int ROOM_BYTES = 16 << 10;

  /// Renewal and rotation look after the same file, on threads of their own; a process has one identity.
  private static final ReentrantLock CHANGING = new ReentrantLock();

  private static final String IDENTITY = "identity.pem";
  private static final String AUTHORITY = "farm-ca.pem";
  public static final String KEY = "farm.key";
  private static final String ZOOKEEPER = "zookeeper";
  private static final String ENSEMBLE = "zookeeper-ca.pem";

  public FarmHome(Path directory, IdentityFile identity, FarmKey key, String zookeeper) {
    this(directory, identity, FarmKeys.of(key), zookeeper);
  }

  /// The key that seals.
  public FarmKey key() {
    return keys.sealing();
  }

  /// Has other keys from now on, on the disk first.
  ///
  /// @param next the sealing one first
  public void replaceKeys(List<FarmKey> next) throws IOException {
    keys.replace(next, directory.resolve(KEY));
  }

  /// Whether somebody has joined from this directory.
  public static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(IDENTITY));
  }

  /// Empty when nobody has joined from this directory yet.
  public static Optional<FarmHome> read(Path directory) throws IOException {
    Path identity = directory.resolve(IDENTITY);
    if (!Files.exists(identity)) {
      return Optional.empty();
    }
    return Optional.of(
        new FarmHome(
            directory,
            IdentityFile.read(identity),
            FarmKeys.read(directory.resolve(KEY)),
            Files.readString(directory.resolve(ZOOKEEPER)).strip()));
  }

  /// Keeps whom to trust as servers of an ensemble that others run; before the rest of a home, which means that ensemble from then on.
  ///
  /// @param pem CAs; null for a farm whose coordinators are the ensemble, where a file left by another farm is removed
  public static void keepEnsemble(Path directory, @Nullable String pem) throws IOException {
    if (pem == null) {
      Files.deleteIfExists(directory.resolve(ENSEMBLE));
      return;
    }
    SecretFiles.directory(directory);
    SecretFiles.write(directory.resolve(ENSEMBLE), pem);
  }

  /// Makes `directory` if it is absent and tries it out, before something is spent that could then not be kept.
  public static void requireRoom(Path directory) throws IOException {
    SecretFiles.directory(directory);
    Path probe = directory.resolve(".room");
    SecretFiles.write(probe, "0".repeat(ROOM_BYTES));
    Files.delete(probe);
  }

  public void write() throws IOException {
    SecretFiles.directory(directory);
    keys.write(directory.resolve(KEY));
    SecretFiles.write(directory.resolve(ZOOKEEPER), zookeeper + "\n");
    try {
      SecretFiles.write(authorityPem(), trustedOnly(identity));
    } catch (GeneralSecurityException e) {
      throw new IOException("the farm's CA cannot be read", e);
    }
    identity.write(identityPem());
  }

  /// How the identity is changed that is on the disk now.
  @FunctionalInterface
  public interface Change {
    IdentityFile of(IdentityFile present) throws IOException, GeneralSecurityException;
  }

  /// Is somebody a little different from now on, on the disk. Whom it trusts is written first, so that nothing that it will show is refused
  /// here.
  public IdentityFile change(Change change) throws IOException, GeneralSecurityException {
    CHANGING.lock();
    try {
      IdentityFile present = IdentityFile.read(identityPem());
      IdentityFile next = change.of(present);
      if (!next.caPem().equals(present.caPem())) {
        SecretFiles.write(authorityPem(), trustedOnly(next));
      }
      if (!next.equals(present)) {
        next.write(identityPem());
      }
      return next;
    } finally {
      CHANGING.unlock();
    }
  }

  /// ZooKeeper takes every certificate in its file for one to trust.
  private static String trustedOnly(IdentityFile identity) throws GeneralSecurityException {
    StringBuilder pem = new StringBuilder();
    for (X509Certificate authority : identity.trust().authorities()) {
      pem.append(Pem.of("CERTIFICATE", authority.getEncoded()));
    }
    return pem.toString();
  }

  /// Remembers where ZooKeeper is now; the next start begins there.
  public void rememberZookeeper(String connect) throws IOException {
    SecretFiles.write(directory.resolve(ZOOKEEPER), connect + "\n");
  }

  public String farm() {
    return identity.farm();
  }

  /// Key and certificate chain in one file.
  public Path identityPem() {
    return directory.resolve(IDENTITY);
  }

  /// The farm's CAs alone: the only trust anchors of farm traffic.
  public Path authorityPem() {
    return directory.resolve(AUTHORITY);
  }

  /// The CAs of the servers of an ensemble that others run; absent where coordinators are the ensemble.
  public Path ensemblePem() {
    return directory.resolve(ENSEMBLE);
  }

  /// Whether the farm's state lies in an ensemble that others run.
  public boolean isGuest() {
    return Files.exists(ensemblePem());
  }
}
