package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.cli.Sitting;
import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.store.Announcement;
import io.portcullis.farm.store.FarmStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The operator's commands against a real coordinator with its ZooKeeper.
class FarmCtlTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir private Path directory;
  private Coordinator coordinator;
  private Sitting operator;
  private Path document;

  @BeforeEach
  void start() throws Exception {
    coordinator =
        Coordinator.start(
            new CoordinatorOptions(directory.resolve("state"), "edge", ANY, ANY, "127.0.0.1"),
            InstantSource.system(),
            _ -> {});
    // Somebody else's shell: another directory, an identity file named by the environment.
    operator =
        new Sitting(Files.createDirectory(directory.resolve("home")), FarmCtl::join)
            .with("PORTCULLIS_IDENTITY", coordinator.operatorPem().toString());
    document = document("farm.yaml", 2);
  }

  @AfterEach
  void stop() {
    coordinator.close();
  }

  /// Certificates are made by a farm authority: any chain with its key will do.
  private Path document(String name, int weight) throws Exception {
    Path documents = Files.createDirectories(directory.resolve("documents"));
    if (!Files.exists(documents.resolve("contoso.pem"))) {
      IdentityFile made =
          FarmAuthority.open(directory.resolve("lab"), "lab", InstantSource.system())
              .identity(Role.COORDINATOR, "contoso", List.of("web.contoso.com"), List.of("-"));
      Files.writeString(documents.resolve("contoso.pem"), made.certificatePem() + made.caPem());
      Files.writeString(documents.resolve("contoso.key"), made.keyPem());
      Files.writeString(documents.resolve("root.pem"), made.caPem());
    }
    Path file = documents.resolve(name);
    Files.writeString(
        file,
        """
        farm: edge
        listeners:
          - {name: https, bind: "127.0.0.1:8443", tls: {certificates: [contoso]}}
        certificates:
          - {name: contoso, chainFile: contoso.pem, keyFile: contoso.key}
        pools:
          - name: pool01
            members: [{host: fe1.contoso.local, address: 10.0.0.11, weight: %d}]
            bridging: {https: 4443, http: 8080}
            tls: {serverName: pool01.contoso.local, trustFile: root.pem}
        rules:
          - {name: web, listener: https, publicNames: [web.contoso.com], paths: [/], pool: pool01}
        """
            .formatted(weight));
    return file;
  }

  private String on(Path file) {
    return file.toString();
  }

  private static void eventually(BooleanSupplier condition) {
    Instant deadline = Instant.now().plus(Duration.ofSeconds(20));
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).as("in time").isBefore(deadline);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  @Test
  void documentsGoInAreComparedAndComeBack() throws Exception {
    assertThat(operator.type("status")).isZero();
    assertThat(operator.out()).contains("edge  no revision yet", "no node is connected");
    assertThat(operator.type("get", "config")).isEqualTo(1);
    assertThat(operator.err()).contains("no document yet");

    assertThat(operator.type("apply", on(document), "--dry-run")).isZero();
    assertThat(operator.out()).contains("+ rule web", "this would be the first revision");
    assertThat(operator.type("status")).isZero();
    assertThat(operator.out()).contains("no revision yet");

    assertThat(operator.type("apply", on(document), "--reason", "go live"))
        .as(operator.err())
        .isZero();
    assertThat(operator.out()).contains("revision 1 written", "no node is connected");
    assertThat(operator.type("apply", on(document))).isZero();
    assertThat(operator.out()).contains("nothing to change");

    Path heavier = document("heavier.yaml", 5);
    assertThat(operator.type("diff", on(heavier))).isZero();
    assertThat(operator.out()).contains("weight: 2 -> 5");
    assertThat(operator.type("diff", on(document))).isZero();
    assertThat(operator.out()).contains("no difference from revision 1");
    assertThat(operator.type("diff", on(document), "1")).isEqualTo(1);
    assertThat(operator.err()).contains("1 would be a revision");
    assertThat(operator.type("history", "1")).isZero();
    assertThat(operator.out())
        .containsPattern("revision 1, 20[0-9T:Z-]+, by operator-1: go live")
        .contains("+ rule web");
    assertThat(operator.type("diff", "0", "1")).isZero();
    assertThat(operator.out()).contains("+ rule web");
    assertThat(operator.type("diff", "1")).isZero();
    assertThat(operator.out()).contains("no difference between revision 1 and revision 1");
    assertThat(operator.type("history", "7")).isEqualTo(1);
    assertThat(operator.err()).contains("there is no revision 7");

    assertThat(operator.type("apply", on(heavier), "--if-revision", "7")).isEqualTo(1);
    assertThat(operator.err()).contains("revision 1", "revision 7");
    assertThat(operator.type("apply", on(heavier), "--if-revision", "1")).isZero();

    assertThat(operator.type("history")).isZero();
    assertThat(operator.out()).contains("* 2", "apply heavier.yaml", "go live", "operator");

    assertThat(operator.type("rollback", "1", "--reason", "too heavy")).isZero();
    assertThat(operator.out()).contains("weight: 5 -> 2", "revision 3 written");
    assertThat(operator.type("rollback", "99")).isEqualTo(1);
    assertThat(operator.err()).contains("no revision 99");

    assertThat(operator.type("get", "source")).isZero();
    assertThat(operator.out()).isEqualTo(Files.readString(document));
    assertThat(operator.type("get", "source", "--revision", "2")).isZero();
    assertThat(operator.out()).isEqualTo(Files.readString(heavier));
    assertThat(operator.type("get", "config")).isZero();
    assertThat(operator.out()).contains("version: 1").doesNotContain("keyFile", "PRIVATE KEY");
    assertThat(operator.type("get", "rules")).isZero();
    assertThat(operator.out()).contains("web", "web.contoso.com", "pool pool01");
    assertThat(operator.type("get", "pool", "pool01", "--output", "json")).isZero();
    assertThat(operator.out()).contains("\"host\" : \"fe1.contoso.local\"");
    assertThat(operator.type("get", "pools", "pool02")).isEqualTo(1);
    assertThat(operator.err()).contains("there are: pool01");
    assertThat(operator.type("get", "certificates")).isZero();
    assertThat(operator.out()).contains("contoso");
    assertThat(operator.type("history", "-o", "yaml")).isZero();
    assertThat(operator.out()).contains("- revision: 3");
  }

  @Test
  void everyProblemIsToldAtOnceAndNothingChanges() throws Exception {
    Files.writeString(
        document,
        Files.readString(document)
            .replace("weight", "wieght")
            .replace("contoso.key", "missing.key")
            .replace("pool: pool01}", "pool: pool09}"));
    assertThat(operator.type("apply", on(document))).isEqualTo(1);
    assertThat(operator.err())
        .contains("certificates[0].keyFile", "missing.key cannot be read")
        .contains("wieght", "did you mean \"weight\"?")
        .contains("rules[0].pool", "pool09")
        .contains("is refused (3 errors); the farm is unchanged");
    assertThat(operator.type("diff", on(document))).isEqualTo(1);
    assertThat(operator.type("apply", on(document), "-o", "json")).isEqualTo(1);
    assertThat(
            WireJson.read(operator.out().getBytes(StandardCharsets.UTF_8), Wire.ApplyResponse.class)
                .problems())
        .hasSize(3);
    Files.writeString(document, "farm: [edge\n");
    assertThat(operator.type("apply", on(document))).isEqualTo(1);
    assertThat(operator.err()).contains("error  ");
    assertThat(operator.type("history")).isZero();
    assertThat(operator.out()).contains("no revision yet");
  }

  @Test
  void tokensLetPeopleAndMachinesInOnce() throws Exception {
    assertThat(operator.type("token", "create", "--role", "operator")).isZero();
    String token = operator.out().strip();
    assertThat(operator.err()).contains("farmctl join TOKEN");

    Sitting jane = new Sitting(Files.createDirectory(directory.resolve("jane")), FarmCtl::join);
    assertThat(jane.type("join", token, "--name", "jane")).as(jane.err()).isZero();
    assertThat(jane.type("status")).isZero();
    assertThat(jane.type("apply", on(document))).isZero();
    assertThat(jane.type("history")).isZero();
    assertThat(jane.out()).contains("jane");

    Sitting thief = new Sitting(Files.createDirectory(directory.resolve("thief")), FarmCtl::join);
    assertThat(thief.type("join", token)).isEqualTo(1);
    assertThat(thief.err()).contains("used").doesNotContain(token);
    assertThat(thief.type("join", "rubbish")).isEqualTo(1);
    assertThat(thief.err()).contains("not a join token");

    assertThat(operator.type("token", "create")).isZero();
    assertThat(thief.type("join", operator.out().strip(), "--state", "n1", "--name", "edge1"))
        .isZero();
    assertThat(thief.type("apply", on(document), "--identity", "n1/identity.pem")).isEqualTo(1);
    assertThat(thief.err()).contains("edge1 is a node");
    assertThat(operator.type("token", "create", "--valid", "900d")).isEqualTo(1);
  }

  @Test
  void applyWaitsForTheNodesAndTellsWhoRejected() throws Exception {
    assertThat(operator.type("token", "create")).isZero();
    Path state = directory.resolve("n1");
    FarmCtl.join(operator.out().strip(), state, directory.resolve("unused"), "edge1");
    FarmHome home = FarmHome.read(state).orElseThrow();
    AtomicReference<Wire.NodeStatus> says = new AtomicReference<>(status(0, null));
    try (FarmStore store = FarmStore.connect(home)) {
      assertThat(store.awaitConnected(Duration.ofSeconds(20))).isTrue();
      try (Announcement announced =
          store
              .nodes()
              .announce(
                  "edge1",
                  () ->
                      new String(
                          WireJson.write(Objects.requireNonNull(says.get())),
                          StandardCharsets.UTF_8))) {
        eventually(() -> operator.type("get", "nodes", "edge1") == 0);
        Thread obedient =
            Thread.ofVirtual()
                .start(() -> {
                  eventually(() -> revision() == 1);
                  says.set(status(1, null));
                  announced.refresh();
                });
        assertThat(operator.type("apply", on(document), "--timeout", "20s")).isZero();
        assertThat(operator.err()).contains("edge1 applied");
        assertThat(operator.out()).contains("revision 1 is serving on 1 node");
        obedient.join();

        says.set(status(1, "port 8443 is taken"));
        announced.refresh();
        Path heavier = document("heavier.yaml", 5);
        assertThat(operator.type("apply", on(heavier), "--timeout", "20s")).isEqualTo(1);
        assertThat(operator.err())
            .contains("edge1 rejected: port 8443 is taken", "revision 2 was rejected by edge1");
        assertThat(operator.type("status")).isEqualTo(1);
        assertThat(operator.out()).contains("1 of 1 node rejected revision 2: port 8443 is taken");

        says.set(status(2, null));
        announced.refresh();
        eventually(() -> operator.type("status") == 0);
        assertThat(operator.type("apply", on(document("h3.yaml", 7)), "--timeout", "300ms"))
            .isEqualTo(1);
        assertThat(operator.err()).contains("revision 3 is written", "still waiting for edge1");
        assertThat(operator.type("apply", on(document), "--no-wait")).isZero();
      }
    }
  }

  private long revision() {
    Sitting looker =
        new Sitting(directory, FarmCtl::join)
            .with("PORTCULLIS_IDENTITY", coordinator.operatorPem().toString());
    if (looker.type("get", "revisions", "-o", "json") != 0) {
      return -1;
    }
    return looker.out().contains("\"revision\" : 1") ? 1 : 0;
  }

  private static Wire.NodeStatus status(
      long applied, @org.jspecify.annotations.Nullable String rejected) {
    return new Wire.NodeStatus(
        "edge1",
        "0.1.0",
        Instant.parse("2026-11-21T12:00:00Z"),
        applied,
        rejected,
        Map.of("https", "127.0.0.1:8443"),
        Map.of("pool01/fe1.contoso.local", "up"),
        1,
        2);
  }

  @Test
  void watchingOutlastsTheCoordinator() {
    assertThat(operator.patience(3).type("status", "--watch", "--interval", "10ms")).isZero();
    assertThat(operator.out().split("edge  no revision yet")).hasSize(4);
    coordinator.close();
    assertThat(operator.patience(2).type("status", "--watch", "--interval", "10ms")).isZero();
    assertThat(operator.out().split("farm edge cannot be reached")).hasSize(3);
  }

  @Test
  void aFarmThatIsGoneIsExitCodeThree() {
    coordinator.close();
    for (List<String> line :
        List.of(
            List.of("status"),
            List.of("apply", on(document)),
            List.of("history"),
            List.of("token", "create"))) {
      assertThat(operator.type(line.toArray(String[]::new))).as(line.toString()).isEqualTo(3);
      assertThat(operator.err())
          .contains(
              "farm edge cannot be reached", coordinator.adminAddress(), "connection refused");
    }
  }
}
