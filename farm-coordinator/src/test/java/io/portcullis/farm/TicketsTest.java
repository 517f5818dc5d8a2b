package io.portcullis.farm;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.store.Announcement;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.StoreException;
import io.portcullis.farm.store.TicketRing;
import io.portcullis.farm.store.ZnodeWatch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TicketsTest {
  @TempDir static Path shared;
  private static Bench bench;
  private static AdminClient operator;
  private static FarmStore store;

  @BeforeAll
  static void startFarm() throws Exception {
    bench = Bench.start(shared);
    operator = bench.operator();
    store = FarmStore.connect(bench.homeOf(Role.COORDINATOR, "looker"));
    Bench.eventually(() -> store.tickets().read().sealing().isPresent());
  }

  @AfterAll
  static void stopFarm() {
    store.close();
    operator.close();
    bench.close();
  }

  private static String report(String id, long generation) {
    return new String(
        WireJson.write(
            new Wire.NodeStatus(
                id,
                "0.1",
                Instant.EPOCH,
                0,
                null,
                Map.of(),
                Map.of(),
                0,
                0,
                false,
                new Wire.Standing(generation, null, Wire.Load.NONE))),
        StandardCharsets.UTF_8);
  }

  private static long sealing() throws StoreException {
    return store.tickets().read().sealing().map(TicketRing.Key::number).orElse(0L);
  }

  private static void settled() throws Exception {
    Bench.eventually(() -> store.tickets().read().announced().isEmpty());
  }

  @Test
  void aNewKeySealsOnlyWhenEveryNodeThatIsAliveHasIt() throws Exception {
    settled();
    long before = sealing();
    AtomicLong quick = new AtomicLong();
    AtomicLong slow = new AtomicLong();
    try (FarmStore one = FarmStore.connect(bench.homeOf(Role.NODE, "quick"));
        FarmStore other = FarmStore.connect(bench.homeOf(Role.NODE, "slow"));
        Announcement _ = one.nodes().announce("quick", () -> report("quick", quick.get()));
        Announcement late = other.nodes().announce("slow", () -> report("slow", slow.get()));
        ZnodeWatch<TicketRing> _ = one.watchTickets(ring -> quick.set(ring.generation()))) {
      Bench.eventually(() -> store.nodes().reports().size() == 2);
      long announced = operator.rotateTickets().generation();
      Bench.eventually(
          () -> store.nodes().report("quick").orElse("").contains("\"tickets\":" + announced));
      assertThatThrownBy(() -> operator.rotateTickets())
          .hasMessageContaining("on its way to the nodes already");
      assertThat(sealing()).isEqualTo(before);

      slow.set(announced);
      late.refresh();
      Bench.eventually(() -> sealing() == before + 1);
    }
  }

  @Test
  void aNodeThatNeverAnswersIsLeftBehindAndOldKeysAreDestroyed() throws Exception {
    settled();
    long before = sealing();
    byte[] old = store.tickets().read().secrets().getFirst();
    try (FarmStore one = FarmStore.connect(bench.homeOf(Role.NODE, "mute"));
        Announcement _ = one.nodes().announce("mute", () -> report("mute", 0))) {
      Bench.eventually(() -> store.nodes().report("mute").isPresent());
      operator.rotateTickets();
      assertThat(sealing()).isEqualTo(before);
      bench.clock.advance(Duration.ofMinutes(6));
      Bench.eventually(() -> sealing() == before + 1);
      assertThat(store.tickets().read().secrets()).anyMatch(key -> Arrays.equals(key, old));
    }
    bench.clock.advance(Duration.ofHours(12));
    // By then a new key is due too.
    Bench.eventually(() -> sealing() == before + 2);
    Bench.eventually(
        () -> store.tickets().read().secrets().stream().noneMatch(key -> Arrays.equals(key, old)));
  }

  @Test
  void aClockThatWasAYearAheadStopsNoRotation() throws Exception {
    settled();
    long before = sealing();
    bench.clock.advance(Duration.ofDays(365));
    Bench.eventually(() -> sealing() > before);
    long ahead = sealing();
    bench.clock.advance(Duration.ofDays(-365));
    Bench.eventually(() -> sealing() > ahead);
    settled();
    assertThat(store.tickets().read().sealing().orElseThrow().since())
        .isBefore(bench.clock.instant().plusSeconds(1));
  }

  @Test
  void keysAreReadByTheFarmOnlyAndNowhereInClear() throws Exception {
    settled();
    AtomicReference<TicketRing> seen = new AtomicReference<>(TicketRing.NONE);
    try (FarmStore node = FarmStore.connect(bench.homeOf(Role.NODE, "reader"));
        ZnodeWatch<TicketRing> _ = node.watchTickets(seen::set)) {
      Bench.eventually(() -> !requireNonNull(seen.get()).keys().isEmpty());
      assertThatThrownBy(() -> node.tickets().update(ring -> ring.announcing(Instant.EPOCH)))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("may not use");
    }
    for (byte[] secret : requireNonNull(seen.get()).secrets()) {
      assertThat(secret).hasSize(TicketRing.KEY_BYTES);
      for (int part = 0; part < TicketRing.KEY_BYTES; part += 16) {
        byte[] piece = Arrays.copyOfRange(secret, part, part + 16);
        assertThat(Bench.holds(bench.directory, piece)).as("a third of a key").isFalse();
        assertThat(
                Bench.holds(
                    bench.directory,
                    java.util.HexFormat.of().formatHex(piece).getBytes(StandardCharsets.US_ASCII)))
            .isFalse();
      }
      assertThat(Bench.holds(bench.directory, java.util.Base64.getEncoder().encode(secret)))
          .isFalse();
    }
  }
}
