package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.JoinToken;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.membership.Join;
import io.portcullis.farm.membership.JoinFailed;
import io.portcullis.farm.store.Announcement;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Nodes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JoinTest {
  @TempDir static Path shared;
  private static Bench bench;

  @TempDir Path machine;

  @BeforeAll
  static void startFarm() throws Exception {
    FarmHome.keepEnsemble(shared.resolve("coordinator"), "another farm's");
    bench = Bench.start(shared);
  }

  @AfterAll
  static void stopFarm() {
    bench.close();
  }

  @Test
  void aTokenMakesAMachineANodeThatReachesTheStore() throws Exception {
    FarmHome home = Join.node(machine.resolve("state"), bench.token("node"), "Edge One");

    X509Certificate leaf = home.identity().certificate();
    assertThat(IdentityFile.roleOf(leaf)).isEqualTo("node");
    assertThat(IdentityFile.idOf(leaf)).isEqualTo(home.identity().id()).isEqualTo("edge-one");
    assertThat(leaf.getNotAfter().toInstant())
        .isBetween(
            bench.clock.instant().plus(Duration.ofDays(29)),
            bench.clock.instant().plus(Duration.ofDays(31)));
    assertThat(home.key()).isEqualTo(bench.home().key());
    assertThat(FarmHome.read(machine.resolve("state"))).contains(home);
    for (String file : List.of("identity.pem", "farm.key")) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(machine.resolve("state").resolve(file))))
          .isEqualTo("rw-------");
    }
    try (FarmStore store = FarmStore.connect(home)) {
      assertThat(store.awaitConnected(Duration.ofSeconds(10))).isTrue();
      assertThat(store.revisions().current()).isGreaterThanOrEqualTo(0);
    }
  }

  /// What a farm on an ensemble of others, or an attempt to found one, has left.
  @Test
  void whomAnotherFarmTrustedIsForgotten() throws Exception {
    assertThat(bench.home().isGuest()).isFalse();
    Path node = machine.resolve("node");
    FarmHome.keepEnsemble(node, "another farm's");
    FarmHome joined = Join.node(node, bench.token("node"), "moved");
    assertThat(joined.isGuest()).isFalse();
    try (FarmStore store = FarmStore.connect(joined)) {
      assertThat(store.awaitConnected(Duration.ofSeconds(10))).isTrue();
    }
  }

  @Test
  void joiningAgainChangesNothingAndSparesTheToken() throws Exception {
    Path state = machine.resolve("state");
    FarmHome first = Join.node(state, bench.token("node"), "twice");
    String spared = bench.token("node");

    assertThat(Join.node(state, spared, "other")).isEqualTo(first);
    assertThat(Join.node(machine.resolve("next"), spared, "spared").identity().id())
        .isEqualTo("spared");
  }

  @Test
  void namesakesAreNumbered() throws Exception {
    Join.node(machine.resolve("a"), bench.token("node"), "namesake");
    assertThat(Join.node(machine.resolve("b"), bench.token("node"), "namesake").identity().id())
        .isEqualTo("namesake-2");
  }

  @Test
  void anOperatorGetsAnIdentityButNoFarmKey() throws Exception {
    Path file = machine.resolve("config/identity.pem");
    IdentityFile identity = Join.operator(file, bench.token("operator"), "alice");

    assertThat(IdentityFile.read(file)).isEqualTo(identity);
    assertThat(IdentityFile.roleOf(identity.certificate())).isEqualTo("operator");
    assertThatExceptionOfType(JoinFailed.class)
        .isThrownBy(() -> Join.node(machine.resolve("state"), bench.token("operator"), "no-node"))
        .withMessageContaining("for an operator");
    assertThat(machine.resolve("state")).doesNotExist();
    assertThatExceptionOfType(JoinFailed.class)
        .isThrownBy(() -> Join.operator(machine.resolve("x"), bench.token("node"), "no-operator"))
        .withMessageContaining("for a node");
  }

  @Test
  void aUsedTokenSaysWhoUsedIt() throws Exception {
    String token = bench.token("node");
    Join.node(machine.resolve("a"), token, "quick");

    refused(token, "was used at", "by quick");
  }

  /// As if the power had failed between the farm's answer and the disk: nothing can be written where the identity belongs.
  private Path cutOff(String name, Callable<?> join) throws Exception {
    Path obstacle =
        Files.createDirectories(machine.resolve(name).resolve("identity.pem.part/in/the/way"));
    assertThatThrownBy(join::call)
        .isInstanceOf(JoinFailed.class)
        .hasMessageContaining("cannot keep the identity");
    Path there = machine.resolve(name);
    Files.delete(obstacle);
    Files.delete(there.resolve("identity.pem.part/in/the"));
    Files.delete(there.resolve("identity.pem.part/in"));
    Files.delete(there.resolve("identity.pem.part"));
    assertThat(there.resolve("identity.pem")).doesNotExist();
    return there;
  }

  @Test
  void aJoinThatWasCutOffGoesOnWithTheSameToken() throws Exception {
    String token = bench.token("node");
    Path state = cutOff("cut", () -> Join.node(machine.resolve("cut"), token, "cut"));

    refused(token, "was used at", "by cut");
    FarmHome joined = Join.node(state, token, "cut");

    assertThat(joined.identity().id()).isEqualTo("cut");
    assertThat(state.resolve("joining.pem")).doesNotExist();
    try (FarmStore store = FarmStore.connect(joined)) {
      assertThat(store.awaitConnected(Duration.ofSeconds(10))).isTrue();
      assertThat(store.nodes().members())
          .extracting(Nodes.Member::id)
          .contains("cut")
          .doesNotContain("cut-2");
    }
  }

  /// Whoever copies a disk on which a join was begun has two machines with one key.
  @Test
  void aCopyOfAMachineThatHasJoinedIsNotTheSameMember() throws Exception {
    String token = bench.token("node");
    Path state = cutOff("twin", () -> Join.node(machine.resolve("twin"), token, "twin"));
    Path copy = Files.createDirectories(machine.resolve("copy"));
    Files.copy(state.resolve("joining.pem"), copy.resolve("joining.pem"));
    try (FarmStore store = FarmStore.connect(Join.node(state, token, "twin"));
        Announcement _ = store.nodes().announce("twin", () -> "{}")) {
      Bench.eventually(() -> store.nodes().report("twin").isPresent());

      assertThatThrownBy(() -> Join.node(copy, token, "twin"))
          .isInstanceOf(JoinFailed.class)
          .hasMessageContaining("was used at");
    }
    // With a token of its own it is a machine of its own, whoever else is there.
    String own = bench.token("node");
    Path second = cutOff("second", () -> Join.node(machine.resolve("second"), own, "twin"));
    assertThat(Join.node(copy, bench.token("node"), "twin").identity().id()).isEqualTo("twin-3");
    assertThat(Join.node(second, own, "twin").identity().id()).isEqualTo("twin-2");
  }

  @Test
  void whatIsNotAKeyDoesNotKeepAMachineOut() throws Exception {
    Path state = Files.createDirectories(machine.resolve("torn"));
    Files.write(state.resolve("joining.pem"), new byte[] {(byte) 0xc3, 0, 1});
    assertThat(Join.node(state, bench.token("node"), "torn").identity().id()).isEqualTo("torn");
  }

  @Test
  void anOperatorWhoseJoinWasCutOffGoesOnWithTheSameToken() throws Exception {
    String token = bench.token("operator");
    Path file = machine.resolve("home/identity.pem");
    Path _ = cutOff("home", () -> Join.operator(file, token, "bob"));

    assertThat(Join.operator(file, token, "bob").id()).isEqualTo("bob");
    assertThat(file.resolveSibling("identity.pem.joining.pem")).doesNotExist();
  }

  @Test
  void whoWasRemovedMeanwhileStaysRemoved() throws Exception {
    String token = bench.token("node");
    Path state = cutOff("gone", () -> Join.node(machine.resolve("gone"), token, "gone"));
    try (AdminClient operator = bench.operator()) {
      operator.removeNode("gone");
    }

    assertThatThrownBy(() -> Join.node(state, token, "gone"))
        .isInstanceOf(JoinFailed.class)
        .hasMessageContaining("was removed from the farm");
    // Nor when somebody else has the name by now.
    bench.clock.advance(Duration.ofSeconds(2));
    assertThat(Join.node(machine.resolve("next"), bench.token("node"), "gone").identity().id())
        .isEqualTo("gone");
    assertThatThrownBy(() -> Join.node(state, token, "gone"))
        .isInstanceOf(JoinFailed.class)
        .hasMessageContaining("was removed from the farm");
  }

  @Test
  void aJoinThatWasCutOffEndsWithItsToken() throws Exception {
    String token = bench.token("node", Duration.ofMinutes(10));
    Path state = cutOff("slow", () -> Join.node(machine.resolve("slow"), token, "slow"));
    bench.clock.advance(Duration.ofMinutes(11));
    try {
      assertThatThrownBy(() -> Join.node(state, token, "slow"))
          .isInstanceOf(JoinFailed.class)
          .hasMessageContaining("expired at");
    } finally {
      bench.clock.advance(Duration.ofMinutes(-11));
    }
  }

  @Test
  void ofTwoMachinesWithOneTokenOneJoins() throws Exception {
    String token = bench.token("node");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> both =
          List.of(() -> joins("race-a", token), () -> joins("race-b", token));
      int joined = 0;
      for (Future<Boolean> one : threads.invokeAll(both)) {
        joined += one.get() ? 1 : 0;
      }
      assertThat(joined).isEqualTo(1);
    }
  }

  private boolean joins(String name, String token) {
    try {
      Join.node(machine.resolve(name), token, name);
      return true;
    } catch (JoinFailed e) {
      assertThat(e).hasMessageContaining("was used");
      return false;
    }
  }

  @Test
  void anExpiredTokenSaysWhen() throws Exception {
    String token = bench.token("node", Duration.ofMinutes(10));
    bench.clock.advance(Duration.ofMinutes(11));

    try {
      refused(token, "expired at");
    } finally {
      bench.clock.advance(Duration.ofMinutes(-11));
    }
  }

  @Test
  void aTokenThatNobodyMadeIsUnknown() throws Exception {
    JoinToken real = JoinToken.decode(bench.token("node"));

    refused(
        new JoinToken(real.coordinator(), real.fingerprint(), Role.NODE, JoinToken.newSecret())
            .encode(),
        "knows no such token");
  }

  @Test
  void aTokenWithAnotherFingerprintNeverSendsItsSecret() throws Exception {
    String token = bench.token("node");
    JoinToken real = JoinToken.decode(token);

    refused(
        new JoinToken(real.coordinator(), "00".repeat(32), Role.NODE, real.secret()).encode(),
        "is not of the farm this token is for");
    assertThat(Join.node(machine.resolve("after"), token, "after")).isNotNull();
  }

  @Test
  void aMachineOfAnotherFarmIsToldSo() throws Exception {
    FarmHome foreign = bench.homeOf(Role.NODE, "elsewhere");
    JoinToken real = JoinToken.decode(bench.token("node"));

    assertThatExceptionOfType(JoinFailed.class)
        .isThrownBy(() ->
            Join.node(
                foreign.directory(),
                new JoinToken(real.coordinator(), "ab".repeat(32), Role.NODE, real.secret())
                    .encode(),
                null))
        .withMessageContaining("already belongs to farm contoso-edge");
  }

  @Test
  void garbageIsNoTokenAndIsNotRepeated() {
    assertThatThrownBy(() -> Join.node(machine, "portcullis1.c2VjcmV0", null))
        .isInstanceOf(JoinFailed.class)
        .hasMessageContaining("not a join token")
        .hasMessageNotContaining("c2VjcmV0");
  }

  @Test
  void aStateDirectoryThatTakesNoWritesSparesTheToken() throws Exception {
    String token = bench.token("node");
    Path file = Files.writeString(machine.resolve("file"), "in the way");

    for (Path wrong : List.of(file, file.resolve("below"), Path.of("/proc/nowhere"))) {
      assertThatExceptionOfType(JoinFailed.class)
          .isThrownBy(() -> Join.node(wrong, token, "homeless"))
          .withMessageContaining(wrong.toString());
    }
    assertThat(Join.node(machine.resolve("state"), token, "homed")).isNotNull();
  }

  @Test
  void aCoordinatorThatIsAwayIsNamed() throws Exception {
    JoinToken real = JoinToken.decode(bench.token("node"));

    refused(
        new JoinToken("127.0.0.1:1", real.fingerprint(), Role.NODE, real.secret()).encode(),
        "127.0.0.1:1");
  }

  private void refused(String token, String... words) {
    assertThatExceptionOfType(JoinFailed.class)
        .isThrownBy(() -> Join.node(machine.resolve("refused"), token, "late"))
        .satisfies(e -> {
          assertThat(e).hasMessageContainingAll(words);
          assertThat(e.hint()).isNotEmpty();
        });
    assertThat(machine.resolve("refused/identity.pem")).doesNotExist();
  }
}
