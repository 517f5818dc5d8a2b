package io.portcullis.farm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.Wire.CertificateStatus;
import io.portcullis.farm.api.wire.Wire.CoordinatorStatus;
import io.portcullis.farm.api.wire.Wire.FarmStatus;
import io.portcullis.farm.api.wire.Wire.NodeStatus;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Listener;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.TlsVersion;
import io.portcullis.farm.model.VirtualGroup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatusScreenTest {
  private static final Instant NOW = Instant.parse("2026-11-21T14:50:02.345Z");
  private static final List<CoordinatorStatus> COORDINATORS =
      List.of(new CoordinatorStatus("coordinator-1", "10.0.0.5:9443", "serving"));

  private static NodeStatus node(
      String id,
      long applied,
      @Nullable String rejected,
      String upFor,
      Map<String, String> members) {
    return new NodeStatus(
        id,
        "0.1.0",
        NOW.minus(java.time.Duration.parse(upFor)),
        applied,
        rejected,
        Map.of("https", "10.0.0.1:443", "http", "10.0.0.1:80"),
        members,
        120,
        10_234);
  }

  private static FarmConfig config() {
    return new FarmConfig(
        "contoso-edge",
        List.of(
            new Listener(
                "https",
                "0.0.0.0:443",
                new Listener.ListenerTls(List.of("contoso"), TlsVersion.TLSv1_2)),
            new Listener("http", "0.0.0.0:80", null)),
        List.of(),
        List.of(pool("pool01", "fe1.contoso.local", "fe2.contoso.local")),
        List.of(),
        List.of(),
        null);
  }

  private static Pool pool(String name, String... members) {
    return new Pool(
        name,
        java.util.Arrays.stream(members).map(m -> new Pool.Member(m, null, 1, null)).toList(),
        new Pool.Bridging(4443, 8080),
        null,
        Pool.SourcePersistence.DEFAULT,
        Pool.UpstreamConnections.PRIVATE,
        null,
        Pool.Timeouts.DEFAULT);
  }

  private static CertificateStatus certificate(String name, String notAfter, String... names) {
    return new CertificateStatus(name, List.of(names), Instant.parse(notAfter));
  }

  private static String render(FarmStatus status, @Nullable FarmConfig config) {
    return StatusScreen.render(status, config, 80, false, NOW);
  }

  @Test
  void aNodeThatCannotKeepWhatItServesSaysSo() {
    NodeStatus serving = node("edge1", 42, null, "PT1H", Map.of());
    NodeStatus full =
        new NodeStatus(
            serving.id(),
            serving.version(),
            serving.startedAt(),
            serving.appliedRevision(),
            null,
            serving.listeners(),
            serving.memberStates(),
            0,
            0,
            false,
            new Wire.Standing(0, null, Wire.Load.NONE, new Wire.Outcome(42, 0, "no space left")));
    assertThat(
            render(
                new FarmStatus("contoso-edge", 42, COORDINATORS, List.of(full), List.of()), null))
        .contains("serving, but no space left");
  }

  @Test
  void aVirtualAddressIsShownWithWhoHoldsItAndTroubleIfNobodyOrTwoDo() {
    NodeStatus first = holding("edge1", "192.0.2.100/24", "192.0.2.101/24");
    NodeStatus second = holding("edge2", "192.0.2.101/24");
    FarmConfig farm =
        config()
            .withVirtualAddresses(
                List.of(
                    new VirtualGroup(
                        "outside",
                        List.of("192.0.2.100/24", "192.0.2.101/24", "192.0.2.102/24"),
                        List.of())));
    assertThat(
            render(
                new FarmStatus("contoso-edge", 7, COORDINATORS, List.of(first, second), List.of()),
                farm))
        .contains("VIRTUAL ADDRESS  HELD BY")
        .contains("192.0.2.100/24   edge1\n")
        .contains("192.0.2.101/24   ! edge1 and edge2\n")
        .contains("192.0.2.102/24   ! nobody: ");
  }

  @Test
  void onlyAFarmWhoseVirtualAddressesHaveOneHolderEachIsFine() {
    FarmConfig farm =
        config()
            .withVirtualAddresses(
                List.of(new VirtualGroup("outside", List.of("192.0.2.100/24"), List.of())));
    NodeStatus holder = holding("edge1", "192.0.2.100/24");
    assertThat(Status.isFine(farmOf(holder, holding("edge2")), farm)).isTrue();
    assertThat(Status.isFine(farmOf(holding("edge1"), holding("edge2")), farm)).isFalse();
    assertThat(Status.isFine(farmOf(holder, holding("edge2", "192.0.2.100/24")), farm)).isFalse();
  }

  private static FarmStatus farmOf(NodeStatus... nodes) {
    return new FarmStatus("contoso-edge", 7, COORDINATORS, List.of(nodes), List.of());
  }

  private static NodeStatus holding(String id, String... addresses) {
    NodeStatus serving = node(id, 7, null, "PT1H", Map.of());
    return new NodeStatus(
        id,
        serving.version(),
        serving.startedAt(),
        7,
        null,
        serving.listeners(),
        serving.memberStates(),
        0,
        0,
        false,
        Wire.Standing.NONE.holding(List.of(addresses)));
  }

  @Test
  void healthyFarmReadsAtAGlance() {
    Map<String, String> up =
        Map.of("pool01/fe1.contoso.local", "up", "pool01/fe2.contoso.local", "up");
    FarmStatus status =
        new FarmStatus(
            "contoso-edge",
            7,
            COORDINATORS,
            List.of(node("edge1", 7, null, "P3DT4H5M", up), node("edge2", 7, null, "PT12M5S", up)),
            List.of(
                certificate(
                    "contoso",
                    "2027-11-21T14:50:02Z",
                    "webext01.contoso.com",
                    "meet.contoso.com")));

    assertThat(render(status, config()))
        .isEqualTo(
            """
            contoso-edge  revision 7                                    2026-11-21T14:50:02Z
            coordinator  coordinator-1 10.0.0.5:9443 serving
            none may fail, or nothing can be changed; let two more join
            2 nodes, all on the current revision

            NODE   REVISION  CONNECTIONS  EXCHANGES    UP FOR  STATE
            edge1         7          120      10234   3 d 4 h  serving
            edge2         7          120      10234  12 m 5 s  serving

            LISTENER  PROTOCOL        OPEN  WHERE
            http      HTTP             2/2  edge1 10.0.0.1:80, edge2 10.0.0.1:80
            https     HTTPS TLSv1.2+   2/2  edge1 10.0.0.1:443, edge2 10.0.0.1:443

            POOL     UP  MEMBERS
            pool01  2/2  fe1.contoso.local fe2.contoso.local

            CERTIFICATE  DAYS LEFT  NAMES
            contoso            364  webext01.contoso.com meet.contoso.com
            """);
  }

  @Test
  void theCertificateThatEndsFirstHasALineOfItsOwn() {
    for (int days : List.of(30, 14, 7, 1)) {
      FarmStatus status =
          new FarmStatus(
              "contoso-edge",
              7,
              COORDINATORS,
              List.of(node("edge1", 7, null, "PT5S", Map.of())),
              List.of(
                  certificate("later", "2027-11-21T14:50:02Z", "a.contoso.com"),
                  certificate(
                      "soon", NOW.plus(Duration.ofDays(days)).toString(), "b.contoso.com")));
      assertThat(StatusScreen.render(status, config(), 160, false, NOW))
          .contains("\ncertificate soon ends on ", "within %d days: import".formatted(days))
          .doesNotContain("certificate later ends");
    }
  }

  @Test
  void troubleIsNamedWhereItIs() {
    FarmStatus status =
        new FarmStatus(
            "contoso-edge",
            8,
            COORDINATORS,
            List.of(
                node(
                    "edge1",
                    7,
                    "listener https: port 443 is taken",
                    "PT2H",
                    Map.of(
                        "pool01/fe1.contoso.local", "up",
                        "pool01/fe2.contoso.local", "down: connection refused")),
                node(
                    "edge2",
                    8,
                    null,
                    "PT5S",
                    Map.of("pool01/fe1.contoso.local", "up", "pool01/fe2.contoso.local", "up"))),
            List.of(
                certificate("contoso", "2026-12-01T00:00:00Z", "webext01.contoso.com"),
                certificate("old", "2026-11-01T00:00:00Z", "old.contoso.com")));

    assertThat(render(status, config()))
        .isEqualTo(
            """
            contoso-edge  revision 8                                    2026-11-21T14:50:02Z
            coordinator  coordinator-1 10.0.0.5:9443 serving
            none may fail, or nothing can be changed; let two more join
            1 of 2 nodes rejected revision 8: listener https: port 443 is taken
            certificate old ended on 2026-11-01T00:00:00Z: clients refuse it; import a ne...

            NODE   REVISION  CONNECTIONS  EXCHANGES   UP FOR  STATE
            edge1         7          120      10234  2 h 0 m  rejected: listener https: p...
            edge2         8          120      10234      5 s  serving

            LISTENER  PROTOCOL        OPEN  WHERE
            http      HTTP             2/2  edge1 10.0.0.1:80, edge2 10.0.0.1:80
            https     HTTPS TLSv1.2+   2/2  edge1 10.0.0.1:443, edge2 10.0.0.1:443

            POOL       UP  MEMBERS
            pool01  ! 2/2  fe2.contoso.local down: connection refused (on edge1)

            CERTIFICATE  DAYS LEFT  NAMES
            contoso            ! 9  webext01.contoso.com
            old          ! expired  old.contoso.com
            """);
  }

  @Test
  void emptyFarmSaysWhatToTypeNext() {
    assertThat(render(new FarmStatus("f", 0, List.of(), List.of(), List.of()), null))
        .isEqualTo(
            """
            f  no revision yet                                          2026-11-21T14:50:02Z
            no coordinator known
            no node is connected: farmctl token create, then farmctl join on it
            """);
  }

  @Test
  void largeFarmFitsTheConsoleAndKeepsTheTroubleInSight() {
    List<NodeStatus> nodes = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      nodes.add(node("edge" + i, i == 37 ? 6 : 7, i == 37 ? "no memory" : null, "PT1H", Map.of()));
    }
    List<CertificateStatus> certificates = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      certificates.add(
          certificate(
              "c" + i, i == 22 ? "2026-11-22T00:00:00Z" : "2027-11-22T00:00:00Z", "x." + i));
    }
    FarmConfig config = config();

    String screen =
        render(new FarmStatus("contoso-edge", 7, COORDINATORS, nodes, certificates), config);

    assertThat(screen.lines().count()).isLessThanOrEqualTo(StatusScreen.ROWS);
    assertThat(screen.lines()).allMatch(line -> line.length() <= 80);
    assertThat(screen)
        .contains("edge37", "rejected: no memory", "c22", "more: farmctl get nodes")
        .contains("more: farmctl get certificates");
  }

  @Test
  void narrowTerminalIsNeverOverrun() {
    FarmStatus status =
        new FarmStatus(
            "a-farm-with-quite-a-long-name-for-a-farm",
            7,
            COORDINATORS,
            List.of(node("edge1", 7, null, "P3D", Map.of("pool01/fe1", "up"))),
            List.of(certificate("contoso", "2027-11-21T14:50:02Z", "webext01.contoso.com")));
    assertThat(StatusScreen.render(status, config(), 60, false, NOW).lines())
        .allMatch(line -> line.length() <= 60);
  }

  @Test
  void colourAddsNothingButColour() {
    FarmStatus status =
        new FarmStatus(
            "f", 7, COORDINATORS, List.of(node("edge1", 7, null, "P3D", Map.of())), List.of());
    String plain = StatusScreen.render(status, null, 80, false, NOW);
    String coloured = StatusScreen.render(status, null, 80, true, NOW);
    assertThat(coloured).contains("\u001b[32m").isNotEqualTo(plain);
    assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(plain);
  }

  @Test
  void whatNodesReportCannotMoveTheCursor() {
    FarmStatus status =
        new FarmStatus(
            "f",
            8,
            COORDINATORS,
            List.of(node("edge1", 7, "bad\u001b[2J\u0007\nline\u202e", "PT1S", Map.of())),
            List.of());
    assertThat(render(status, null)).contains("rejected: bad?[2J? line?").doesNotContain("\u001b");
  }

  @Test
  void membersThatNoNodeReportsAreNotUp() {
    FarmStatus status =
        new FarmStatus(
            "f", 7, COORDINATORS, List.of(node("edge1", 7, null, "PT1S", Map.of())), List.of());
    assertThat(render(status, config()))
        .contains("pool01  ! 0/2  fe1.contoso.local not seen by any node");
  }
}
