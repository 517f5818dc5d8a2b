package io.portcullis.farm;

import static io.portcullis.farm.Bench.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.leader.AcmeChores;
import io.portcullis.farm.model.Acme;
import io.portcullis.farm.model.CertificateRef;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.store.AcmeOrder;
import io.portcullis.farm.store.Challenges;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.LeaderSeat;
import io.portcullis.farm.store.Leadership;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.StoreException;
import io.portcullis.farm.store.TestStores;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Orders across leaders: two coordinators of a farm of their own, of which the first loses the seat in the middle.
class AcmeLeaderTest {
  private static final String FARM = "tree-acme";

  /// Nodes that do not answer are waited for until the leader is lost.
  private static final AcmeChores.Spans SPANS =
      new AcmeChores.Spans(
          Duration.ofMillis(100),
          Duration.ofSeconds(1),
          Duration.ofMinutes(2),
          Duration.ofHours(6),
          Duration.ofMinutes(5),
          Duration.ofMinutes(10));

  @TempDir Path directory;
  private Bench bench;
  private FarmHome oldHome;
  private FarmStore oldStore;
  private LeaderSeat oldSeat;
  private FarmStore youngStore;
  private LeaderSeat youngSeat;
  private ProvingNode node;
  private PebbleServer pebble;
  private Map<String, String> files;

  @BeforeEach
  void start() throws Exception {
    bench = Bench.start(directory);
    oldHome = home(Role.COORDINATOR, "old");
    oldStore = FarmStore.connect(oldHome);
    assertThat(oldStore.awaitConnected(Duration.ofSeconds(30))).isTrue();
    oldStore.prepare();
    oldSeat = oldStore.seat("old");
    eventually(oldSeat::isMine);
    youngStore = FarmStore.connect(home(Role.COORDINATOR, "young"));
    youngSeat = youngStore.seat("young");
    eventually(() -> oldSeat.standing().contains("young"));
    node = new ProvingNode(FarmStore.connect(home(Role.NODE, "n1")), "n1");
    files = bench.files("127.0.0.1");
    pebble = PebbleServer.start(directory, files, node.port());
  }

  @AfterEach
  void stop() {
    pebble.close();
    node.close();
    youngSeat.close();
    oldSeat.close();
    youngStore.close();
    oldStore.close();
    bench.close();
  }

  private FarmHome home(Role role, String id) throws Exception {
    FarmHome home = bench.homeOf(role, id);
    IdentityFile identity = home.identity();
    FarmHome other =
        new FarmHome(
            home.directory(),
            new IdentityFile(
                FARM,
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

  private Revision revision() {
    String document =
        """
        farm: tree-acme
        listeners:
          - {name: https, bind: "0.0.0.0:443", tls: {certificates: [web]}}
          - {name: http, bind: "0.0.0.0:80"}
        """;
    FarmConfig base =
        switch (FarmDocuments.decode(
            document.replace(", tls: {certificates: [web]}", ""), "document")) {
          case Decoded.Accepted accepted -> accepted.config();
          case Decoded.Refused refused -> throw new AssertionError(refused.problems());
        };
    Acme acme =
        new Acme(
            pebble.directory(),
            List.of("web.contoso.com"),
            null,
            Acme.Key.ECDSA,
            Acme.Challenge.HTTP_01,
            null,
            files.get("root.pem"),
            true);
    FarmConfig config =
        base.withCertificates(List.of(new CertificateRef("web", null, null, null, acme)));
    return new Revision(1, "operator", Instant.now(), "", document, FarmDocuments.encode(config));
  }

  private AcmeChores chores(FarmStore store, LeaderSeat seat) {
    return new AcmeChores(store, seat::leadership, bench.clock, SPANS);
  }

  @Test
  void anotherLeaderGoesOnWhereTheFirstStopped() throws Exception {
    node.silent(true);
    eventually(() -> !youngStore.nodes().reports().isEmpty());
    youngStore.revisions().write(0, revision());
    String begun;
    try (AcmeChores _ = chores(oldStore, oldSeat);
        AcmeChores _ = chores(youngStore, youngSeat)) {
      eventually(() -> node.challenges().answers().size() == 1);
      long announced = node.challenges().number();
      begun = youngStore.acme().order("web").map(AcmeOrder::url).orElseThrow();
      TestStores.expireSession(oldStore, oldHome);
      eventually(() -> youngSeat.leadership().isPresent());
      eventually(() -> node.challenges().number() != announced && node.challenges().number() != 0);
      assertThat(youngStore.acme().order("web").map(AcmeOrder::url)).contains(begun);
      node.silent(false);
      eventually(() -> youngStore.revisions().current() == 2);
    }
    assertThat(pebble.count("Issued certificate serial")).isEqualTo(1);
    assertThat(pebble.count("Added order")).as("%s is the only one", begun).isEqualTo(1);
  }

  @Test
  void aDeposedLeaderChangesNothing() throws Exception {
    Leadership slept = oldSeat.leadership().orElseThrow();
    slept.acme().announce(new Challenges(1, List.of()));
    TestStores.expireSession(oldStore, oldHome);
    eventually(() -> youngSeat.leadership().isPresent());
    youngSeat.leadership().orElseThrow().acme().announce(new Challenges(2, List.of()));

    AcmeOrder order =
        AcmeOrder.none("web", "x").begun("https://ca.example/1", "key", Instant.EPOCH);
    deposed(() -> slept.acme().keep(order));
    deposed(() -> slept.acme().keepAccount("ca", "key"));
    deposed(() -> slept.acme().announce(new Challenges(3, List.of())));
    deposed(() -> slept.acme().withdraw());
    deposed(() -> slept.certificates().put("web", "chain", "key", "https://ca.example"));
    assertThat(youngStore.acme().names()).isEmpty();
    assertThat(youngStore.acme().challenges().number()).isEqualTo(2);
    assertThat(youngStore.certificates().names()).isEmpty();
  }

  private static void deposed(ThrowingCallable write) {
    assertThatThrownBy(write)
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.DEPOSED));
  }
}
