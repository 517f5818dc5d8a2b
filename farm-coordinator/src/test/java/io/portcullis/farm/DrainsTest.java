package io.portcullis.farm;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.cli.Sitting;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.membership.Join;
import io.portcullis.farm.store.Drains;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.StoreException;
import io.portcullis.farm.store.ZnodeWatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// One farm for all: each test drains and resumes something of its own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DrainsTest {
  private static final String MEMBER = "pool01/fe1.contoso.local";

  private Path directory = Path.of("");
  private Bench bench;
  private AdminClient operator;

  @BeforeAll
  void publish(@TempDir Path fresh) throws Exception {
    directory = fresh;
    bench = Bench.start(directory);
    operator = bench.operator();
    assertThat(
            operator
                .apply(
                    new Wire.ApplyRequest(
                        Bench.document(1), bench.files("webext01.contoso.com"), null, "first"),
                    false)
                .accepted())
        .isTrue();
  }

  @AfterAll
  void close() {
    operator.close();
    bench.close();
  }

  @Test
  void nodesSeeADrainAndItsEndAtOnce() throws Exception {
    FarmHome home = bench.homeOf(Role.NODE, "watcher");
    AtomicReference<Drains> seen = new AtomicReference<>(Drains.NONE);
    try (FarmStore store = FarmStore.connect(home);
        ZnodeWatch<Drains> _ = store.watchDrains(seen::set)) {
      Wire.DrainResponse answer = operator.drain(new Wire.DrainRequest("member", MEMBER, 0));
      assertThat(answer.drains())
          .extracting(Wire.DrainStatus::kind, Wire.DrainStatus::name)
          .contains(org.assertj.core.groups.Tuple.tuple("member", MEMBER));
      assertThat(answer.warning()).contains("every member of pool \"pool01\"");
      Bench.eventually(() -> requireNonNull(seen.get()).members().containsKey(MEMBER));
      operator.resume("member", MEMBER);
      Bench.eventually(() -> requireNonNull(seen.get()).members().isEmpty());
      assertThatThrownBy(() -> operator.resume("member", MEMBER))
          .hasMessageContaining("is not drained");
    }
  }

  @Test
  void onlyWhatExistsCanBeDrained() {
    assertThatThrownBy(() -> operator.drain(new Wire.DrainRequest("member", "pool01/fe9", 0)))
        .hasMessageContaining("no member \"pool01/fe9\"");
    assertThatThrownBy(() -> operator.drain(new Wire.DrainRequest("node", "nobody", 0)))
        .hasMessageContaining("no node \"nobody\"");
    assertThatThrownBy(() -> operator.drain(new Wire.DrainRequest("pool", "pool01", 0)))
        .hasMessageContaining("cannot be drained");
    assertThatThrownBy(() -> operator.drain(new Wire.DrainRequest("member", MEMBER, -1)))
        .hasMessageContaining("not possible");
  }

  @Test
  void nodeDrainsForATimeAndIsForgottenAfterwards() throws Exception {
    Join.node(directory.resolve("machine"), bench.token("node"), "edge-1");
    String name = "edge-1";
    Wire.DrainStatus first =
        drained(operator.drain(new Wire.DrainRequest("node", name, 600)), name);
    assertThat(first.until()).isEqualTo(first.since().plusSeconds(600));
    bench.clock.advance(Duration.ofMinutes(5));
    Wire.DrainStatus longer =
        drained(operator.drain(new Wire.DrainRequest("node", name, 600)), name);
    assertThat(longer.since()).isEqualTo(first.since());
    assertThat(requireNonNull(longer.until())).isAfter(requireNonNull(first.until()));
    bench.clock.advance(Duration.ofSeconds(601));
    assertThat(operator.drains().drains()).extracting(Wire.DrainStatus::name).doesNotContain(name);
  }

  private static Wire.DrainStatus drained(Wire.DrainResponse answer, String name) {
    return answer.drains().stream()
        .filter(drain -> drain.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aNodeMayNotDrain() throws Exception {
    try (FarmStore store = FarmStore.connect(bench.homeOf(Role.NODE, "rebel"))) {
      assertThat(store.awaitConnected(Duration.ofSeconds(10))).isTrue();
      assertThatThrownBy(() -> store.drains().update(_ -> Drains.NONE))
          .isInstanceOfSatisfying(
              StoreException.class,
              e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.DENIED));
    }
  }

  @Test
  void operatorTypesIt() throws Exception {
    Join.node(directory.resolve("typed"), bench.token("node"), "edge-2");
    Sitting sitting =
        new Sitting(
            directory,
            (_, _, _, _) -> {
              throw new AssertionError("nobody joins here");
            });
    String identity = bench.state().resolve("operator.pem").toString();
    assertThat(sitting.type("node", "drain", "edge-2", "--for", "2h", "--identity", identity))
        .isZero();
    assertThat(sitting.out()).contains("node edge-2 is draining until 20");
    assertThat(sitting.type("node", "resume", "edge-2", "--identity", identity)).isZero();
    assertThat(sitting.out()).contains("node edge-2 takes new clients again");
    assertThat(sitting.type("node", "resume", "edge-2", "--identity", identity)).isEqualTo(1);
    assertThat(sitting.type("member", "drain", "pool01/fe7", "--identity", identity)).isEqualTo(1);
    assertThat(sitting.err()).contains("write POOL/HOST: pool01/fe1.contoso.local");
  }
}
