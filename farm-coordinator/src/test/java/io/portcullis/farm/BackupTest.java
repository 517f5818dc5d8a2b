package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.binding.BindingOp;
import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.binding.Identity;
import io.portcullis.farm.binding.Source;
import io.portcullis.farm.cli.Sitting;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.membership.AuthorityUpkeep;
import io.portcullis.farm.membership.Join;
import io.portcullis.farm.server.StartFailed;
import io.portcullis.farm.store.AuthorityPlan;
import io.portcullis.farm.store.BindingLog;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.StoredCertificate;
import io.portcullis.farm.store.ZnodeWatch;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A farm in one file, and a new farm out of it: real coordinators before and after.
class BackupTest {
  private static final String PASSPHRASE = "four words that nobody guesses";

  @TempDir private Path directory = Path.of("");
  private Path home = Path.of("");
  private Sitting operator;

  @BeforeEach
  void sit() throws Exception {
    home = Files.createDirectory(directory.resolve("home"));
    operator = new Sitting(home, FarmCtl::join).restoring(Restoration::prepare);
    password(PASSPHRASE);
  }

  private void password(String text) throws Exception {
    Path file = Files.writeString(home.resolve("passphrase"), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private int backup(Bench bench) {
    operator.with("PORTCULLIS_IDENTITY", bench.state().resolve("operator.pem").toString());
    return operator.type("backup", "--password-file", "passphrase", "farm.backup");
  }

  private int restore(String... more) {
    String[] words = {
      "restore", "farm.backup", "--password-file", "passphrase", "--state", "coordinator"
    };
    String[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return operator.type(all);
  }

  /// Two revisions, a certificate in two versions, a request that waits, a node that was removed.
  private void fill(Bench bench) throws Exception {
    try (AdminClient client = bench.operator()) {
      Map<String, String> first = bench.files("webext01.contoso.com");
      Map<String, String> second = bench.files("webext01.contoso.com");
      client.apply(new Wire.ApplyRequest(Bench.document(1), first, null, "the first"), false);
      client.apply(new Wire.ApplyRequest(Bench.document(2), second, null, "the second"), false);
      client.requestCertificate(
          new Wire.CertificateRequest("later", List.of("later.contoso.com"), false));
    }
    try (FarmStore store = FarmStore.connect(bench.home())) {
      assertThat(store.awaitConnected(Duration.ofSeconds(20))).isTrue();
      store.revocations().revoke("node/thief", bench.clock.instant());
    }
  }

  private record Everything(
      List<Wire.RevisionSummary> history,
      String expanded,
      List<StoredCertificate> certificates,
      String requestKey,
      boolean thiefIsOut,
      String farmKey,
      String authority) {
    static Everything of(Bench bench) throws Exception {
      try (AdminClient client = bench.operator();
          FarmStore store = FarmStore.connect(bench.home())) {
        assertThat(store.awaitConnected(Duration.ofSeconds(20))).isTrue();
        return new Everything(
            client.revisions(),
            client.revision(2).expanded(),
            Stream.of(1, 2).map(version -> read(store, version)).toList(),
            store.certificateRequests().key("later").orElseThrow(),
            store.revocations().read().covers("node/thief", Instant.EPOCH),
            bench.home().key().base64(),
            Files.readString(bench.state().resolve("authority/ca.key")));
      }
    }

    private static StoredCertificate read(FarmStore store, int version) {
      try {
        return store.certificates().read("contoso", version).orElseThrow();
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  @Test
  void aFarmComesBackWholeInANewPlace() throws Exception {
    Everything before;
    FarmHome node;
    try (Bench bench = Bench.start(directory.resolve("old"))) {
      fill(bench);
      node = bench.homeOf(Role.NODE, "edge1");
      assertThat(backup(bench)).as(operator.err()).isZero();
      assertThat(operator.out()).contains("revision 2 and 1 before it", "2 certificates");
      before = Everything.of(bench);
    }
    Path file = home.resolve("farm.backup");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
        .startsWith("portcullis backup 1 farm contoso-edge at ")
        .doesNotContain("PRIVATE KEY", "webext01", before.farmKey());

    assertThat(restore()).as(operator.err()).isZero();
    assertThat(operator.out()).contains("farm     contoso-edge as of ", "revision 2");
    Path state = Files.createDirectories(directory.resolve("new")).resolve("coordinator");
    Files.move(home.resolve("coordinator"), state);
    assertThat(Bench.holds(state, "PRIVATE KEY".getBytes(StandardCharsets.US_ASCII))).isFalse();

    try (Bench bench = Bench.start(directory.resolve("new"))) {
      assertThat(state.resolve("restore.pending")).doesNotExist();
      Everything after = Everything.of(bench);
      assertThat(after).isEqualTo(before);
      assertThat(after.thiefIsOut()).isTrue();
      assertThat(
              Bench.holds(
                  state.resolve("ensemble"), "PRIVATE KEY".getBytes(StandardCharsets.US_ASCII)))
          .isFalse();
      operator.with("PORTCULLIS_IDENTITY", state.resolve("operator.pem").toString());
      assertThat(operator.type("audit", "--verify")).as(operator.err()).isZero();
      assertThat(operator.type("audit", "--output", "json")).isZero();
      assertThat(operator.out()).contains("restored from the backup that operator-1 made at ");
      FarmHome moved =
          new FarmHome(node.directory(), node.identity(), node.key(), bench.home().zookeeper());
      try (FarmStore asNode = FarmStore.connect(moved)) {
        assertThat(asNode.awaitConnected(Duration.ofSeconds(20)))
            .as("an identity of the old farm is one of the new")
            .isTrue();
        assertThat(asNode.revisions().newest()).isPresent();
      }
      bench.stop();
      bench.startAgain();
      assertThat(Everything.of(bench)).as("it is an ordinary farm from now on").isEqualTo(before);
    }
  }

  @Test
  void anotherPassphraseADamagedFileAndADirectoryInUseChangeNothing() throws Exception {
    try (Bench bench = Bench.start(directory.resolve("old"))) {
      fill(bench);
      password("short");
      assertThat(backup(bench)).isOne();
      assertThat(operator.err()).contains("12 to 1024 characters, not 5");
      assertThat(home.resolve("farm.backup")).doesNotExist();
      password(PASSPHRASE);
      assertThat(backup(bench)).as(operator.err()).isZero();
      assertThat(backup(bench)).as("nothing is overwritten").isEqualTo(2);
    }
    password("another passphrase");
    assertThat(restore()).isOne();
    assertThat(operator.err())
        .contains("nothing was restored", "the passphrase is another one")
        .doesNotContain("another passphrase\"");
    password(PASSPHRASE);
    Path file = home.resolve("farm.backup");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertThat(restore()).isOne();
    Files.writeString(file, "hello");
    assertThat(restore()).isOne();
    assertThat(operator.err()).contains("it is not a backup of a farm");
    assertThat(home.resolve("coordinator")).doesNotExist();

    Files.write(file, whole);
    Files.createDirectories(home.resolve("coordinator/authority"));
    assertThat(restore()).isOne();
    assertThat(operator.err()).contains("is not empty (authority)");
    try (Stream<Path> files = Files.list(home.resolve("coordinator"))) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void aRestoreThatIsCutShortGoesOnAtTheNextStart() throws Exception {
    try (Bench bench = Bench.start(directory.resolve("old"))) {
      fill(bench);
      assertThat(backup(bench)).isZero();
    }
    assertThat(restore()).as(operator.err()).isZero();
    assertThat(restore()).as("again, before it was started: " + operator.err()).isZero();
    Path state = Files.createDirectories(directory.resolve("new")).resolve("coordinator");
    Files.move(home.resolve("coordinator"), state);
    byte[] pending = Files.readAllBytes(state.resolve("restore.pending"));
    try (Bench bench = Bench.start(directory.resolve("new"))) {
      Everything before = Everything.of(bench);
      bench.stop();
      // As if it had died between the last write and the removal.
      Files.write(state.resolve("restore.pending"), pending);
      bench.startAgain();
      assertThat(Everything.of(bench)).isEqualTo(before);
      assertThat(state.resolve("restore.pending")).doesNotExist();
    }
  }

  @Test
  void aFarmThatHasMovedOnIsNotRestoredOver() throws Exception {
    Path state;
    try (Bench bench = Bench.start(directory.resolve("old"))) {
      fill(bench);
      assertThat(backup(bench)).isZero();
      state = bench.state();
      try (AdminClient client = bench.operator()) {
        client.apply(
            new Wire.ApplyRequest(Bench.document(3), bench.files("webext01.contoso.com"), null, ""),
            false);
      }
    }
    assertThat(restore()).isZero();
    Files.copy(home.resolve("coordinator/restore.pending"), state.resolve("restore.pending"));
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> Bench.start(directory.resolve("old")))
        .isInstanceOf(StartFailed.class)
        .hasMessageContaining("a backup is restored into a new farm only");
  }

  private static final long POOL = Identity.of("pool01");
  private static final long FE1 = Identity.of("fe1.contoso.local");
  private static final String SOURCE = "192.0.2.7";

  private static void bind(Bench bench) throws Exception {
    try (FarmStore node = FarmStore.connect(bench.homeOf(Role.NODE, "binder"));
        BindingLog log =
            node.bindings(
                new BindingReplica(new SecureRandom()::nextLong), BindingLog.Intake.NOTHING)) {
      Source source = Source.of(InetAddress.ofLiteral(SOURCE), 32, 64);
      Bench.eventually(log::hasCaughtUp);
      boolean _ =
          log.ask(mine -> mine.propose(BindingOp.bind(POOL, source.high(), source.low(), FE1)))
              .get();
      Bench.eventually(() -> log.ask(mine -> mine.table().size() == 1).get());
    }
  }

  private boolean isBound() {
    return operator.type("bindings", "--source", SOURCE) == 0
        && operator.out().contains("fe1.contoso.local");
  }

  @Test
  void bindingsComeBackUnlessTheyWereLeftOut() throws Exception {
    try (Bench bench = Bench.start(directory.resolve("old"))) {
      fill(bench);
      bind(bench);
      operator.with("PORTCULLIS_IDENTITY", bench.state().resolve("operator.pem").toString());
      Bench.eventually(this::isBound);
      assertThat(backup(bench)).as(operator.err()).isZero();
      assertThat(operator.out()).contains(" 1 bindings");
      assertThat(
              operator.type(
                  "backup", "--without-bindings", "--password-file", "passphrase", "lesser.backup"))
          .isZero();
      assertThat(operator.out()).contains(" 0 bindings");
    }
    assertThat(restore()).as(operator.err()).isZero();
    Path state = Files.createDirectories(directory.resolve("new")).resolve("coordinator");
    Files.move(home.resolve("coordinator"), state);
    try (Bench bench = Bench.start(directory.resolve("new"))) {
      operator.with("PORTCULLIS_IDENTITY", state.resolve("operator.pem").toString());
      Bench.eventually(this::isBound);
      bench.stop();
      bench.startAgain();
      Bench.eventually(this::isBound);
    }
  }

  /// Announced, and renewing: what is restored goes on from there.
  @Test
  void aBackupInTheMiddleOfARotationOfTheCaGoesOnThere() throws Exception {
    FarmHome node;
    String old;
    try (Bench bench = Bench.start(directory.resolve("old"))) {
      fill(bench);
      node = Join.node(directory.resolve("edge1"), bench.token("node"), "edge1");
      try (AdminClient client = bench.operator()) {
        old = client.farmCa().current();
        client.rotateFarmCa(false);
      }
      Bench.eventually(() -> {
        try (AdminClient client = bench.operator()) {
          return client.farmCa().toRenew().equals(List.of("node edge1"));
        }
      });
      assertThat(backup(bench)).as(operator.err()).isZero();
    }
    assertThat(restore()).as(operator.err()).isZero();
    Path state = Files.createDirectories(directory.resolve("new")).resolve("coordinator");
    Files.move(home.resolve("coordinator"), state);
    try (Bench bench = Bench.start(directory.resolve("new"))) {
      try (AdminClient client = bench.operator()) {
        assertThat(client.farmCa().stage()).isEqualTo("renewing");
        assertThat(client.farmCa().current()).isEqualTo(old);
      }
      FarmHome moved =
          new FarmHome(node.directory(), node.identity(), node.key(), bench.home().zookeeper());
      try (FarmStore store = FarmStore.connect(moved);
          ZnodeWatch<AuthorityPlan> _ =
              store.watchAuthorities(new AuthorityUpkeep(moved, store, () -> {}))) {
        // It knows only the old CA, and its coordinator is of the new one.
        Bench.eventually(() -> IdentityFile.read(moved.identityPem()).isIssuedBy(ca(state)));
        assertThat(IdentityFile.read(moved.identityPem()).knows(old)).isTrue();
      }
    }
  }

  /// The CA that signs.
  private static String ca(Path state) throws Exception {
    return Files.readString(state.resolve("authority/next.pem"));
  }
}
