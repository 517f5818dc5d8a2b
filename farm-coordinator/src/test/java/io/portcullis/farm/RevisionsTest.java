package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.client.AdminException.Reason;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.store.Announcement;
import io.portcullis.farm.store.FarmStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevisionsTest {
  @TempDir static Path shared;
  private static Bench bench;
  private static AdminClient operator;
  private static Map<String, String> files;
  private static int weight;

  private long base;

  @BeforeAll
  static void startFarm() throws Exception {
    bench = Bench.start(shared);
    operator = bench.operator();
    files = bench.files("webext01.contoso.com");
  }

  @AfterAll
  static void stopFarm() {
    operator.close();
    bench.close();
  }

  @BeforeEach
  void haveARevision() throws Exception {
    base = apply(fresh()).revision();
  }

  /// A document that no test applied before.
  private static String fresh() {
    return Bench.document(++weight);
  }

  private static Wire.ApplyResponse apply(String document) throws AdminException {
    return operator.apply(new Wire.ApplyRequest(document, files, null, "a test"), false);
  }

  @Test
  void anAppliedDocumentIsTheNextRevisionWithAuthorAndReason() throws Exception {
    String document = fresh();
    Wire.ApplyResponse answer = apply(document);

    assertThat(answer.accepted()).isTrue();
    assertThat(answer.revision()).isEqualTo(base + 1);
    assertThat(answer.changes()).isNotEmpty();
    Wire.RevisionDocument stored = operator.revision(base + 1);
    assertThat(stored.source()).isEqualTo(document);
    assertThat(stored.expanded())
        .contains("version: 1", "BEGIN CERTIFICATE")
        .doesNotContain("contoso.key", "root.pem", "PRIVATE KEY");
    assertThat(stored.summary().author()).isEqualTo("operator-1");
    assertThat(stored.summary().reason()).isEqualTo("a test");
    assertThat(operator.revisions().getFirst()).isEqualTo(stored.summary());
  }

  @Test
  void aDryRunWritesNothing() throws Exception {
    Map<String, String> others = bench.files("webext01.contoso.com");
    Wire.ApplyResponse answer =
        operator.apply(new Wire.ApplyRequest(fresh(), others, null, ""), true);

    assertThat(answer.accepted()).isTrue();
    assertThat(answer.revision()).isEqualTo(base);
    assertThat(answer.changes()).anyMatch(change -> change.contains("contoso"));
    assertThat(operator.status().revision()).isEqualTo(base);
    try (FarmStore store = FarmStore.connect(bench.home())) {
      assertThat(store.certificates().latest("contoso").orElseThrow().chainPem())
          .isNotEqualTo(others.get("contoso.pem"));
    }
  }

  @Test
  void anUnchangedDocumentWritesNothingAndSaysSo() throws Exception {
    Wire.ApplyResponse answer = apply(Bench.document(weight) + "# only a remark\n");

    assertThat(answer.unchanged()).isTrue();
    assertThat(answer.revision()).isEqualTo(base);
    assertThat(operator.revisions().getFirst().revision()).isEqualTo(base);
  }

  @Test
  void anotherCertificateIsAnotherVersionOnlyIfItDiffers() throws Exception {
    String again = fresh();
    apply(again);
    assertThat(operator.revision(base + 1).expanded()).contains("version: 1");
    Wire.ApplyResponse renewed =
        operator.apply(
            new Wire.ApplyRequest(again, bench.files("webext01.contoso.com"), null, "renew"),
            false);
    assertThat(renewed.unchanged()).isFalse();
    assertThat(operator.revision(renewed.revision()).expanded()).contains("version: 2");

    String nameOnly = again.replace(", chainFile: contoso.pem, keyFile: contoso.key", "");
    Wire.ApplyResponse kept = apply(nameOnly);
    assertThat(kept.accepted()).as("%s", kept.problems()).isTrue();
    assertThat(kept.unchanged()).isTrue();
    // Leave version 1's content as the latest for the other tests.
    files = bench.files("webext01.contoso.com");
    try (FarmStore store = FarmStore.connect(bench.home())) {
      assertThat(store.certificates().read("contoso", 1)).isPresent();
      assertThat(store.certificates().read("contoso", 2)).isPresent();
    }
  }

  @Test
  void aMissingFileIsAProblemAtItsPath() throws Exception {
    Map<String, String> some = new HashMap<>(files);
    some.remove("contoso.key");
    some.remove("root.pem");
    Wire.ApplyResponse answer =
        operator.apply(new Wire.ApplyRequest(fresh(), some, null, ""), false);

    assertThat(answer.accepted()).isFalse();
    assertThat(answer.problems())
        .filteredOn(Problem::isError)
        .extracting(Problem::path)
        .contains("certificates[0].keyFile", "pools[0].tls.trustFile");
    assertThat(operator.status().revision()).isEqualTo(base);
  }

  @Test
  void aRefusedDocumentTellsEverythingAndChangesNothing() throws Exception {
    Wire.ApplyResponse answer =
        apply(fresh().replace("listener: https", "listner: https").replace("bridging", "bridgin"));

    assertThat(answer.accepted()).isFalse();
    assertThat(answer.problems()).hasSizeGreaterThanOrEqualTo(2);
    assertThat(operator.status().revision()).isEqualTo(base);
  }

  @Test
  void aDocumentOfAnotherFarmIsRefused() throws Exception {
    Wire.ApplyResponse answer = apply(fresh().replace("contoso-edge", "fabrikam-edge"));

    assertThat(answer.accepted()).isFalse();
    assertThat(answer.problems()).extracting(Problem::path).contains("farm");
  }

  @Test
  void ofTwoChangesMadeForOneRevisionOneWinsAndTheOtherNamesBoth() throws Exception {
    List<Callable<Wire.ApplyResponse>> both = new ArrayList<>();
    for (String document : List.of(fresh(), fresh())) {
      both.add(() -> {
        try (AdminClient another = bench.operator()) {
          return another.apply(new Wire.ApplyRequest(document, files, base, "race"), false);
        }
      });
    }
    int won = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Wire.ApplyResponse> one : threads.invokeAll(both)) {
        switch (one.state()) {
          case SUCCESS -> won++;
          default ->
              assertThat(one.exceptionNow())
                  .isInstanceOfSatisfying(
                      AdminException.class,
                      e -> {
                        assertThat(e.reason()).isEqualTo(Reason.CONFLICT);
                        assertThat(e)
                            .hasMessageContaining(" " + base)
                            .hasMessageContaining(" " + (base + 1));
                      });
        }
      }
    }
    assertThat(won).isEqualTo(1);
    assertThat(operator.status().revision()).isEqualTo(base + 1);
  }

  @Test
  void rollbackIsANewRevisionWithTheOldContent() throws Exception {
    apply(fresh());
    Wire.ApplyResponse back = operator.rollback(new Wire.RollbackRequest(base, "too fast"));

    assertThat(back.revision()).isEqualTo(base + 2);
    Wire.RevisionDocument stored = operator.revision(base + 2);
    assertThat(stored.expanded()).isEqualTo(operator.revision(base).expanded());
    assertThat(stored.summary().reason()).isEqualTo("rollback to " + base + ": too fast");
    assertThat(operator.rollback(new Wire.RollbackRequest(base, "")).unchanged()).isTrue();
    assertThatExceptionOfType(AdminException.class)
        .isThrownBy(() -> operator.rollback(new Wire.RollbackRequest(99_999, "")))
        .withMessageContaining("no revision 99999");
  }

  @Test
  void statusShowsNodesCertificatesAndTheCoordinator() throws Exception {
    Wire.NodeStatus report =
        new Wire.NodeStatus(
            "edge1",
            "0.1",
            Instant.EPOCH,
            base,
            null,
            Map.of("https", "127.0.0.1:443"),
            Map.of("pool01/fe1.contoso.local", "up"),
            3,
            4);
    String json = new String(WireJson.write(report), StandardCharsets.UTF_8);
    try (FarmStore node = FarmStore.connect(bench.homeOf(Role.NODE, "edge1"));
        Announcement _ = node.nodes().announce("edge1", () -> json)) {
      Bench.eventually(() -> !operator.status().nodes().isEmpty());
      Wire.FarmStatus status = operator.status();
      assertThat(status.nodes()).containsExactly(report);
      assertThat(operator.node("edge1")).isEqualTo(report);
      assertThat(status.coordinators()).hasSize(1);
      assertThat(status.certificates())
          .singleElement()
          .satisfies(certificate ->
              assertThat(certificate.names()).containsExactly("webext01.contoso.com"));
    }
    assertThatExceptionOfType(AdminException.class)
        .isThrownBy(() -> operator.node("nobody"))
        .withMessageContaining("no node \"nobody\"");
  }

  @Test
  void aNodeMayNotAdminister() throws Exception {
    try (AdminClient node = AdminClient.of(bench.homeOf(Role.NODE, "curious").identity())) {
      assertThatExceptionOfType(AdminException.class)
          .isThrownBy(() -> node.createToken(new Wire.TokenRequest("operator", 60)))
          .withMessageContaining("is a node");
      assertThatExceptionOfType(AdminException.class)
          .isThrownBy(() -> node.apply(new Wire.ApplyRequest(fresh(), files, null, ""), false));
    }
  }

  @Test
  void aCertificateOfAnotherAuthorityIsNotHeard() throws Exception {
    try (AdminClient stranger = AdminClient.of(bench.foreignHome("stranger").identity())) {
      assertThatExceptionOfType(AdminException.class).isThrownBy(stranger::status);
    }
  }

  @Test
  void theFarmHasNoTokensOfUnknownRolesAndNoEndlessOnes() {
    for (Wire.TokenRequest wrong :
        List.of(
            new Wire.TokenRequest("admin", 60),
            new Wire.TokenRequest("node", 0),
            new Wire.TokenRequest("node", 1_000_000_000))) {
      assertThatExceptionOfType(AdminException.class)
          .isThrownBy(() -> operator.createToken(wrong))
          .matches(e -> !e.hint().isEmpty(), "says what to do");
    }
  }

  @Test
  void aFullDiskIsSaidBeforeAnythingIsWritten() throws Exception {
    bench.freeBytes.set(3L << 20);
    try {
      String document = fresh();
      assertThatThrownBy(() -> apply(document))
          .hasMessageContaining("3 MB left")
          .hasMessageContaining("nothing was changed");
      assertThatThrownBy(() -> bench.token("node")).hasMessageContaining("3 MB left");
      assertThat(operator.status().revision()).isEqualTo(base);
    } finally {
      bench.freeBytes.set(1L << 30);
    }
    assertThat(apply(fresh()).revision()).isEqualTo(base + 1);
  }
}
