package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.store.Announcement;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Nodes;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.StoreException;
import io.portcullis.farm.store.Tokens;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreAccessTest {
  /// A refused client is refused within a handshake; one that is let in connects in milliseconds.
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(3);

  /// Where a connection is what is expected.
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir static Path shared;
  private static Bench bench;

  @BeforeAll
  static void startFarm() throws Exception {
    bench = Bench.start(shared);
  }

  @AfterAll
  static void stopFarm() {
    bench.close();
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefused() throws Exception {
    assertThat(connects(bench.foreignHome("stranger"))).isFalse();
  }

  @Test
  void anOperatorIsRefused() throws Exception {
    assertThat(connects(bench.homeOf(Role.OPERATOR, "alice"))).isFalse();
  }

  @Test
  void aNodeIsNoServerToAnyone() throws Exception {
    FarmHome home = bench.homeOf(Role.NODE, "seeker");
    // The coordinator's certificate names 127.0.0.1 and localhost, not this one.
    FarmHome elsewhere =
        new FarmHome(
            home.directory(),
            home.identity(),
            home.key(),
            home.zookeeper().replace("127.0.0.1", "127.0.0.2"));
    assertThat(home.identity().certificate().getSubjectAlternativeNames().toString())
        .contains("node.invalid");
    assertThat(connects(home, PATIENCE)).isTrue();
    assertThat(connects(elsewhere, LONG_ENOUGH)).isFalse();
  }

  private static boolean connects(FarmHome home) throws Exception {
    return connects(home, LONG_ENOUGH);
  }

  private static boolean connects(FarmHome home, Duration patience) throws Exception {
    try (FarmStore store = FarmStore.connect(home)) {
      if (!store.awaitConnected(patience)) {
        return false;
      }
      store.revisions().current();
      return true;
    } catch (StoreException e) {
      return false;
    }
  }

  @Test
  void aNodeReadsButDoesNotDecide() throws Exception {
    try (FarmStore store = FarmStore.connect(bench.homeOf(Role.NODE, "reader"))) {
      assertThat(store.awaitConnected(PATIENCE)).isTrue();
      long current = store.revisions().current();
      denied(() -> store.revisions().write(current, revision()));
      denied(() -> store.certificates().put("stolen", "chain", "key"));
      denied(() ->
          store
              .tokens()
              .create("s", new Tokens.Grant("node", Instant.now(), null), "me", Instant.now()));
      denied(() -> store.certificateRequests().all());
      denied(() -> store.audit().append(Instant.now(), "me", "was here"));
      denied(() -> store.nodes().register(new Nodes.Member("shadow", "node", "now")));
      denied(store::prepare);
      denied(() -> store.coordinators().enter("reader", "here", "there"));
      denied(() -> store.ensemble().remove(1));
    }
  }

  private static void denied(Attempt attempt) {
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(attempt::run)
        .matches(e -> e.kind() == StoreException.Kind.DENIED, "is denied");
  }

  private interface Attempt {
    void run() throws Exception;
  }

  private static Revision revision() {
    return new Revision(1, "me", Instant.now(), "", "", "");
  }

  @Test
  void anAnnouncementFollowsItsReportAndGoesWhenClosed() throws Exception {
    AtomicReference<String> report = new AtomicReference<>("first");
    try (FarmStore node = FarmStore.connect(bench.homeOf(Role.NODE, "announcer"));
        FarmStore farm = FarmStore.connect(bench.home())) {
      Announcement announcement = node.nodes().announce("announcer", report::get);
      Bench.eventually(() -> farm.nodes().report("announcer").orElse("").equals("first"));
      report.set("second");
      announcement.refresh();
      Bench.eventually(() -> farm.nodes().report("announcer").orElse("").equals("second"));
      assertThat(farm.nodes().reports()).containsEntry("announcer", "second");
      announcement.close();
      assertThat(farm.nodes().report("announcer")).isEmpty();
    }
  }

  @Test
  void aRestartedNodeTakesOverWhatItsOldSessionLeft() throws Exception {
    FarmHome home = bench.homeOf(Role.NODE, "phoenix");
    try (FarmStore young = FarmStore.connect(home);
        FarmStore farm = FarmStore.connect(bench.home())) {
      Announcement takenOver;
      try (FarmStore old = FarmStore.connect(home)) {
        Announcement before = old.nodes().announce("phoenix", () -> "old");
        Bench.eventually(() -> farm.nodes().report("phoenix").orElse("").equals("old"));
        before.abandon();
        takenOver = young.nodes().announce("phoenix", () -> "young");
        Bench.eventually(() -> farm.nodes().report("phoenix").orElse("").equals("young"));
      }
      assertThat(farm.nodes().report("phoenix")).contains("young");
      takenOver.close();
    }
  }
}
