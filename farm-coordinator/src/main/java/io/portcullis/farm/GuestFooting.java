package io.portcullis.farm;

import io.portcullis.farm.identity.Certificates;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.SecretFiles;
import io.portcullis.farm.membership.Growth;
import io.portcullis.farm.membership.StillMember;
import io.portcullis.farm.server.StartFailed;
import io.portcullis.farm.store.Coordinators;
import io.portcullis.farm.store.Ensemble;
import io.portcullis.farm.store.EnsembleWatch;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.GuestCheck;
import io.portcullis.farm.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An ensemble that others run: this coordinator stands for leader there, serves the admin API, and is no member of anything.
final class GuestFooting implements Footing, Growth {
  private static final Logger LOG = LoggerFactory.getLogger(GuestFooting.class);

  /// It travels in the answer to each join, which has 64 KB.
  private static final int LARGEST_CA = 32 << 10;

  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(5);

  private static final Duration STORE_PATIENCE = Duration.ofSeconds(60);

  /// Written once the farm's book names this coordinator: not to be there later means to have been removed.
  private static final String ENTERED = "entered";

  private final FarmHome home;
  private final String admin;

  private GuestFooting(FarmHome home, String admin) {
    this.home = home;
    this.admin = admin;
  }

  /// Whether that is what this coordinator is to have, or has.
  static boolean isMeant(CoordinatorOptions options) throws IOException {
    return options.guest() != null
        || FarmHome.read(options.state()).map(FarmHome::isGuest).orElse(false);
  }

  static GuestFooting start(CoordinatorOptions options, Papers papers, String admin)
      throws StartFailed, IOException, GeneralSecurityException, InterruptedException {
    CoordinatorOptions.Guest guest = options.guest();
    boolean known = FarmHome.isIn(options.state());
    if (guest != null) {
      if (known && !FarmHome.read(options.state()).orElseThrow().isGuest()) {
        throw new StartFailed(
            "the state of this coordinator's farm lies in the coordinators, and cannot be moved while it lives",
            "make a backup, stop all coordinators, restore it into an empty directory, and run that with --zookeeper-connect");
      }
      FarmHome.keepEnsemble(options.state(), authorities(guest.ca()));
    }
    String connect =
        guest != null ? guest.connect() : FarmHome.read(options.state()).orElseThrow().zookeeper();
    GuestFooting footing = new GuestFooting(papers.guest(connect, admin), admin);
    footing.require(Files.exists(options.state().resolve(ENTERED)));
    return footing;
  }

  private static String authorities(Path file) throws StartFailed {
    try {
      String pem = Files.size(file) > LARGEST_CA ? "" : Files.readString(file);
      boolean key = pem.contains("PRIVATE KEY");
      if (!key && !pem.isEmpty() && !Certificates.chain(pem).isEmpty()) {
        return pem;
      }
      throw new StartFailed(
          key
              ? file + " has a private key in it"
              : "%s is empty or larger than %d KB".formatted(file, LARGEST_CA >> 10),
          "give --zookeeper-ca a PEM file with nothing but the CAs of the ZooKeeper servers");
    } catch (IOException | GeneralSecurityException e) {
      throw new StartFailed(
          "the CA of the ZooKeeper servers cannot be read from %s: %s".formatted(file, e),
          "give --zookeeper-ca a PEM file that this user may read",
          e);
    }
  }

  /// Whoever founds a farm is told at once what is wrong; a coordinator that served before waits for its ensemble.
  private void require(boolean entered) throws StartFailed, IOException, InterruptedException {
    while (true) {
      try {
        GuestCheck.require(home);
        return;
      } catch (GuestCheck.Refused e) {
        if (e.trouble().refused() && wasRemoved()) {
          throw Enrolment.wasRemoved();
        }
        if (!entered || e.trouble().refused()) {
          throw new StartFailed(e.trouble().problem(), e.trouble().hint(), e);
        }
        LOG.warn(
            "waiting for the ensemble: {}; {} (nodes keep serving)",
            e.trouble().problem(),
            e.trouble().hint());
        LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
        if (Thread.interrupted()) {
          throw new InterruptedException("while waiting for the ensemble");
        }
      }
    }
  }

  /// The servers close their door seconds after a removal, which may be in the middle of a start.
  @Override
  public boolean wasRemoved() throws IOException, InterruptedException {
    return StillMember.wasRemoved(home, others());
  }

  private List<String> others() throws IOException {
    Path operator = home.directory().resolve(Papers.OPERATOR_FILE);
    return Files.exists(operator)
        ? IdentityFile.read(operator).coordinators()
        : home.identity().coordinators();
  }

  @Override
  public FarmHome home() {
    return home;
  }

  @Override
  public void await(FarmStore store) throws StartFailed, InterruptedException {
    while (!store.awaitConnected(STORE_PATIENCE)) {
      LOG.warn("waiting for the ZooKeeper servers {} (nodes keep serving)", home.zookeeper());
    }
  }

  @Override
  public void enter(FarmStore store, Consumer<Coordinators> places, Runnable removed)
      throws StartFailed, IOException {
    String id = home.identity().id();
    Path entered = home.directory().resolve(ENTERED);
    Coordinators book = store.coordinators().read();
    if (Files.exists(entered) && !book.places().isEmpty() && book.of(id).isEmpty()) {
      throw Enrolment.wasRemoved();
    }
    Coordinators.Place _ = store.coordinators().enter(id, admin, home.zookeeper());
    SecretFiles.write(entered, id + "\n");
    store.followEnsemble(new Following(id, places, removed));
  }

  /// The watch's thread calls it.
  private static final class Following implements EnsembleWatch.Listener {
    private final String id;
    private final Consumer<Coordinators> places;
    private final Runnable removed;
    private boolean seen;

    Following(String id, Consumer<Coordinators> places, Runnable removed) {
      this.id = id;
      this.places = places;
      this.removed = removed;
    }

    /// A server that lags tells a book that does not name this coordinator yet.
    @Override
    public void places(Coordinators known) {
      if (known.of(id).isPresent()) {
        seen = true;
        places.accept(known);
      } else if (seen) {
        LOG.warn("this coordinator was removed from its farm");
        removed.run();
      }
    }

    @Override
    public void members(Ensemble.Config config) {
      // Not ours.
    }
  }

  /// Its servers look at the farm's revocations themselves.
  @Override
  public AutoCloseable door(FarmStore store, InstantSource clock) {
    return () -> {};
  }

  @Override
  public Growth growth(FarmStore store) {
    return this;
  }

  @Override
  public String zookeeper() {
    return home.zookeeper();
  }

  @Override
  public String zookeeperCa() throws StoreException {
    try {
      return Files.readString(home.ensemblePem());
    } catch (IOException e) {
      throw StoreException.unreadable(home.ensemblePem().toString(), e);
    }
  }

  @Override
  public void open() {
    // Whoever joins finds the ensemble where it is.
  }

  @Override
  public void close() {
    // Nothing of it runs here.
  }
}
