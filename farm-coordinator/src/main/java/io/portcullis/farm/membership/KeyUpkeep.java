package io.portcullis.farm.membership;

import io.portcullis.farm.api.wire.Rotations;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.FarmKey;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.KeyPlan;
import io.portcullis.farm.store.StoreException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the farm keys that the farm's plan asks for: fetches a new one from a coordinator, lets it seal when the plan says so, and forgets the
/// old one when nothing needs it any more. Fetching and forgetting are on the disk before they count.
///
/// | field | owner | access |
/// |---|---|---|
/// | `floor`, the home's keys | whoever holds `lock` | the keys are read by everybody |
/// | `followed` | whoever holds `lock` | volatile, read by the node's report |
public final class KeyUpkeep implements Consumer<KeyPlan> {
  private static final Logger LOG = LoggerFactory.getLogger(KeyUpkeep.class);

  /// What is sealed on this machine's own disk.
  @FunctionalInterface
  public interface OwnFiles {
    OwnFiles NONE = () -> {};

    /// Seals all of it with the key that seals now.
    void reseal() throws IOException;
  }

  /// Told that a plan was followed.
  @FunctionalInterface
  public interface Followed {
    void by(KeyPlan plan) throws IOException;
  }

  private final FarmHome home;
  private final FarmStore store;
  private final OwnFiles files;
  private final Followed told;
  private final ReentrantLock lock = new ReentrantLock();
  private long floor;
  private volatile long followed;

  public KeyUpkeep(FarmHome home, FarmStore store, OwnFiles files, Followed told) {
    this.home = home;
    this.store = store;
    this.files = files;
    this.told = told;
  }

  /// Generation of the plan whose keys are here; 0 before the first.
  public long followed() {
    return followed;
  }

  @Override
  public void accept(KeyPlan plan) {
    lock.lock();
    try {
      if (plan.generation() == 0
          || plan.generation() < floor
          || plan.generation() == followed && home.key().id().equals(plan.sealing())) {
        return;
      }
      follow(plan);
      followed = plan.generation();
      told.by(plan);
    } catch (IOException | GeneralSecurityException e) {
      LOG.warn("farm key {} is not here yet, trying again: {}", plan.sealing(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void follow(KeyPlan plan)
      throws IOException, GeneralSecurityException, InterruptedException {
    List<FarmKey> wanted = new ArrayList<>(List.of(key(plan.sealing())));
    String next = plan.next();
    for (String other : next == null ? List.<String>of() : List.of(plan.current(), next)) {
      if (!other.equals(plan.sealing())) {
        wanted.add(key(other));
      }
    }
    if (home.keys().all().equals(wanted)) {
      return;
    }
    List<FarmKey> with = new ArrayList<>(wanted);
    home.keys().all().stream().filter(key -> !with.contains(key)).forEach(with::add);
    home.replaceKeys(with);
    if (plan.stage() == KeyPlan.Stage.SETTLED) {
      files.reseal();
      home.replaceKeys(wanted);
      LOG.info("farm key {} seals, and is the only one", plan.sealing());
    }
  }

  private FarmKey key(String id)
      throws IOException, GeneralSecurityException, InterruptedException {
    Optional<FarmKey> here = home.keys().find(id);
    if (here.isPresent()) {
      return here.get();
    }
    IdentityFile identity = IdentityFile.read(home.identityPem());
    List<String> coordinators = CoordinatorCall.known(identity, store);
    FarmKey fetched =
        FarmKey.parse(
            new CoordinatorCall(identity, coordinators)
                .post(
                    "/v1/farm-key/" + id, new Rotations.KeyQuestion(id), Rotations.KeyAnswer.class)
                .key(),
            "the answer");
    if (!fetched.id().equals(id)) {
      throw new IOException("a coordinator answered with another key than the one asked for");
    }
    LOG.info("farm key {} is here", id);
    return fetched;
  }

  /// Makes a key and announces it: it is on this coordinator's disk before anybody hears of it.
  ///
  /// @param seen the plan that was looked at
  /// @return empty if somebody else was faster
  Optional<KeyPlan> announce(KeyPlan seen, java.time.Instant now)
      throws IOException, StoreException {
    lock.lock();
    try {
      FarmKey made = FarmKey.generate();
      List<FarmKey> with = new ArrayList<>(home.keys().all());
      with.add(made);
      home.replaceKeys(with);
      Optional<KeyPlan> announced = store.keyPlan().announce(made.id(), seen.generation(), now);
      if (announced.isPresent()) {
        floor = announced.get().generation();
      } else {
        with.remove(made);
        home.replaceKeys(with);
      }
      return announced;
    } finally {
      lock.unlock();
    }
  }
}
