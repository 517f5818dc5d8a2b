package io.portcullis.farm;

import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.membership.Join;
import io.portcullis.farm.membership.JoinFailed;
import io.portcullis.farm.membership.StillMember;
import io.portcullis.farm.server.MemberList;
import io.portcullis.farm.server.StartFailed;
import io.portcullis.farm.store.Coordinators;
import io.portcullis.farm.store.Ensemble;
import io.portcullis.farm.store.EnsembleWatch;
import io.portcullis.farm.store.FarmStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How a coordinator becomes a member of the ensemble, stays one through restarts, and notices that it is none any more.
///
/// A number is reserved in the farm's book, the member starts with the others' list and itself, and counts from the moment the others
/// have agreed to it. Each step may be the last before a crash; the next start goes on from there.
final class Enrolment {
  private static final Logger LOG = LoggerFactory.getLogger(Enrolment.class);

  /// A member that is alone elects itself within a second; a slow disk may take longer.
  private static final Duration STORE_PATIENCE = Duration.ofSeconds(60);

  /// A majority that runs answers sooner; whoever looks at a coordinator that does not get ready wants to know why.
  private static final Duration WORD_AFTER = Duration.ofSeconds(5);

  private final Path directory;
  private final CoordinatorOptions options;
  private final FarmHome home;
  private final String admin;
  private final String clients;

  /// @param directory of the ensemble's data
  /// @param admin `host:port` of this coordinator's admin API
  /// @param clients `host:port` where others find this member
  Enrolment(
      Path directory, CoordinatorOptions options, FarmHome home, String admin, String clients) {
    this.directory = directory;
    this.options = options;
    this.home = home;
    this.admin = admin;
    this.clients = clients;
  }

  /// Trades the token if there is one, and knows the farm's name afterwards.
  static CoordinatorOptions settle(CoordinatorOptions options) throws StartFailed, IOException {
    String token = options.token();
    if (token != null) {
      try {
        FarmHome _ = Join.coordinator(options.state(), token, options.name());
      } catch (JoinFailed e) {
        throw new StartFailed(String.valueOf(e.getMessage()), e.hint(), e);
      }
    }
    Optional<FarmHome> home = FarmHome.read(options.state());
    return options.farm().isEmpty() && home.isPresent() ? options.of(home.get().farm()) : options;
  }

  /// Before the first start on a machine that has joined: a number of its own, and the list to start from.
  void reserve() throws StartFailed, IOException, InterruptedException {
    try (FarmStore others = FarmStore.connect(home)) {
      if (!others.awaitConnected(STORE_PATIENCE)) {
        throw new StartFailed(
            "no coordinator of farm %s answers at %s".formatted(home.farm(), home.zookeeper()),
            "check that they run and that this machine reaches those ports, then start again");
      }
      int number = others.coordinators().enter(home.identity().id(), admin, clients).number();
      Ensemble.Config config = others.ensemble().config();
      List<String> all = new ArrayList<>(config.servers());
      all.add(Member.line(number, options));
      new MemberList(number, all, 0).write(directory);
    }
  }

  /// A member that is alone must answer soon; one of several waits for the others for as long as it takes.
  ///
  /// @param started the list that this member started from
  void awaitStore(FarmStore store, MemberList started)
      throws StartFailed, IOException, InterruptedException {
    int members = started.lines().size();
    Duration patience = members <= 1 ? STORE_PATIENCE : WORD_AFTER;
    while (!store.awaitConnected(patience)) {
      if (members <= 1) {
        throw new StartFailed(
            "ZooKeeper in %s started but does not answer".formatted(directory),
            "see the log above; nodes keep serving meanwhile");
      }
      if (StillMember.wasRemoved(home, others())) {
        throw wasRemoved();
      }
      LOG.warn(
          "waiting for a majority of the farm's {} coordinators; start the others too (nodes keep serving)",
          members);
      patience = STORE_PATIENCE;
    }
  }

  /// Where the admin APIs are, as the operator's file beside the identity says.
  private List<String> others() throws IOException {
    Path operator = home.directory().resolve(Papers.OPERATOR_FILE);
    return Files.exists(operator) ? IdentityFile.read(operator).coordinators() : List.of();
  }

  /// Makes this coordinator a member if it is none yet, says where it is, and follows the list from now on.
  ///
  /// @param started the list that this member started from
  /// @param places told where the coordinators are
  /// @param removed told when the others have taken this one out
  void enter(FarmStore store, MemberList started, Consumer<Coordinators> places, Runnable removed)
      throws StartFailed, IOException {
    String id = home.identity().id();
    if (MemberList.isOpen(directory)) {
      Coordinators.Place mine =
          store.coordinators().read().of(id).orElseThrow(Enrolment::wasRemoved);
      Ensemble.Config config = store.ensemble().add(mine.number(), started.own());
      keep(mine.number(), config);
    }
    Coordinators.Place place = store.coordinators().enter(id, admin, clients);
    store.followEnsemble(new Following(place.number(), places, removed));
  }

  static StartFailed wasRemoved() {
    return new StartFailed(
        "this coordinator was removed from its farm",
        "join again with another token and an empty --state DIR; this one can be deleted");
  }

  private void keep(int number, Ensemble.Config config) throws IOException {
    new MemberList(number, config.servers(), config.version()).write(directory);
  }

  /// Keeps each list that ZooKeeper agreed on, newest last.
  private final class Following implements EnsembleWatch.Listener {
    private final int number;
    private final Consumer<Coordinators> places;
    private final Runnable removed;
    private long version;

    Following(int number, Consumer<Coordinators> places, Runnable removed) {
      this.number = number;
      this.places = places;
      this.removed = removed;
    }

    @Override
    public void places(Coordinators known) {
      places.accept(known);
    }

    /// A server that lags tells an old list, which does not count.
    @Override
    public void members(Ensemble.Config config) {
      if (config.version() <= version || !MemberList.isOpen(directory)) {
        return;
      }
      try {
        if (version != 0 || config.has(number)) {
          keep(number, config);
          version = config.version();
        }
        if (version != 0 && !config.has(number)) {
          LOG.warn("this coordinator was removed from farm {}", home.farm());
          removed.run();
        }
      } catch (IOException e) {
        LOG.error("the list of members cannot be kept in {}: {}", directory, e.toString());
      }
    }
  }
}
