package io.portcullis.farm;

import static io.portcullis.farm.Bench.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.farm.binding.BindingBatch;
import io.portcullis.farm.binding.BindingSnapshot;
import io.portcullis.farm.binding.BindingTable;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.leader.TicketChores;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.LeaderSeat;
import io.portcullis.farm.store.Leadership;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.Revisions;
import io.portcullis.farm.store.StoreException;
import io.portcullis.farm.store.TestStores;
import io.portcullis.farm.store.TicketRing;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A leader that was paused for longer than its session, and wakes while another leads.
class TermTest {
  @TempDir static Path shared;
  private static Bench bench;
  private static int trees;

  private FarmHome oldHome;
  private FarmStore oldStore;
  private LeaderSeat oldSeat;
  private FarmStore youngStore;
  private LeaderSeat youngSeat;

  @BeforeAll
  static void startFarm() throws Exception {
    bench = Bench.start(shared);
  }

  @AfterAll
  static void stopFarm() {
    bench.close();
  }

  /// Two coordinators of a farm of their own in the same ZooKeeper, so that nobody else wants the seat.
  @BeforeEach
  void seats() throws Exception {
    String farm = "tree-" + ++trees;
    oldHome = home(farm, "old");
    oldStore = FarmStore.connect(oldHome);
    assertThat(oldStore.awaitConnected(Duration.ofSeconds(30))).isTrue();
    oldStore.prepare();
    oldSeat = oldStore.seat("old");
    eventually(oldSeat::isMine);
    youngStore = FarmStore.connect(home(farm, "young"));
    youngSeat = youngStore.seat("young");
    eventually(() -> oldSeat.standing().contains("young"));
  }

  @AfterEach
  void leave() {
    youngSeat.close();
    oldSeat.close();
    youngStore.close();
    oldStore.close();
  }

  private static FarmHome home(String farm, String id) throws Exception {
    FarmHome home = bench.homeOf(Role.COORDINATOR, farm + "-" + id);
    IdentityFile identity = home.identity();
    FarmHome other =
        new FarmHome(
            home.directory(),
            new IdentityFile(
                farm,
                identity.id(),
                identity.coordinators(),
                identity.keyPem(),
                identity.certificatePem(),
                identity.caPem()),
            home.key(),
            home.zookeeper());
    other.write();
    return other;
  }

  /// What happens to a leader that is paused for longer than its session lives.
  private Leadership takeOver() throws Exception {
    TestStores.expireSession(oldStore, oldHome);
    eventually(() -> youngSeat.leadership().isPresent());
    return youngSeat.leadership().orElseThrow();
  }

  private static void deposed(ThrowingCallable write) {
    assertThatThrownBy(write)
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.DEPOSED));
  }

  private static Revision revision(String author) {
    return new Revision(1, author, Instant.EPOCH, "", "farm: x", "farm: x");
  }

  @Test
  void whoeverSleptThroughATakeOverWritesNothing() throws Exception {
    Leadership slept = oldSeat.leadership().orElseThrow();
    slept.audit().append(Instant.EPOCH, "old", "wrote while it led");
    Leadership young = takeOver();
    assertThat(young.term()).isGreaterThan(slept.term());

    deposed(() -> slept.audit().append(Instant.EPOCH, "old", "wrote too late"));
    deposed(() -> slept.tickets().update(ring -> TicketRing.first(Instant.EPOCH)));
    deposed(() -> slept.revisions().write(0, revision("old")));
    deposed(() -> slept.append(1, BindingBatch.seal()));
    deposed(() -> slept.append(1, BindingBatch.tick()));
    deposed(() -> slept.append(1, BindingBatch.expiry(List.of())));
    deposed(() -> slept.bindings().open(2));
    deposed(() -> slept.bindings().write(2, BindingSnapshot.encode(capture())));
    young.bindings().write(2, BindingSnapshot.encode(capture()));
    young.bindings().write(3, BindingSnapshot.encode(capture()));
    deposed(() -> slept.bindings().clear(4));

    assertThat(youngStore.tickets().read().keys()).isEmpty();
    assertThat(youngStore.revisions().current()).isZero();
    assertThat(youngStore.audit().list(10)).hasSize(1);
    assertThat(youngStore.bindingStorage().oldestEpoch()).isEqualTo(1);
    young.audit().append(Instant.EPOCH, "young", "writes");
    young.append(1, BindingBatch.seal());
    assertThat(young.revisions().write(0, revision("young")))
        .isEqualTo(new Revisions.Outcome.Written(1));
  }

  private static BindingSnapshot.Capture capture() {
    return BindingSnapshot.capture(new BindingTable(), 2);
  }

  /// A chore asks for the time after it has been told that it leads: there it sleeps while the other takes over.
  @Test
  void aChoreThatIsPausedInTheMiddleOfItsRoundChangesNothing() throws Exception {
    CountDownLatch asleep = new CountDownLatch(1);
    CountDownLatch wakes = new CountDownLatch(1);
    AtomicInteger looks = new AtomicInteger();
    AtomicInteger rounds = new AtomicInteger();
    InstantSource sleepy =
        () -> {
          if (looks.incrementAndGet() == 1) {
            asleep.countDown();
            await(wakes);
          }
          return Instant.EPOCH;
        };
    try (TicketChores _ =
        new TicketChores(
            oldStore,
            () -> {
              rounds.incrementAndGet();
              return oldSeat.leadership();
            },
            sleepy,
            TicketChores.Spans.USUAL)) {
      await(asleep);
      Leadership _ = takeOver();
      wakes.countDown();
      eventually(() -> rounds.get() > 1);
    }
    assertThat(youngStore.tickets().read().keys()).isEmpty();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whoeverComesBackLeadsInATermOfItsOwn() throws Exception {
    long first = oldSeat.leadership().orElseThrow().term();
    assertThat(oldSeat.leadership().orElseThrow().term()).isEqualTo(first);
    long second = takeOver().term();
    youngSeat.close();
    eventually(() -> oldSeat.leadership().isPresent());
    Leadership again = oldSeat.leadership().orElseThrow();
    assertThat(again.term()).isGreaterThan(second);
    again.audit().append(Instant.EPOCH, "old", "leads again");
  }
}
