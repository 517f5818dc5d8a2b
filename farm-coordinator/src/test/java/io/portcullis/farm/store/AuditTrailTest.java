package io.portcullis.farm.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuditTrailTest {
  private final List<AuditTrail.Entry> entries = new ArrayList<>();
  private AuditTrail.Head head = AuditTrail.Head.NONE;

  AuditTrailTest() {
    for (int i = 1; i <= 5; i++) {
      AuditTrail.Entry next = head.next(Instant.EPOCH, "ada", "did " + i);
      entries.add(next);
      head = new AuditTrail.Head(next.number(), next.hash());
    }
  }

  private long broken() {
    return AuditTrail.check(head, entries).map(AuditTrail.Break::number).orElse(0L);
  }

  private static AuditTrail.Entry saying(AuditTrail.Entry old, String what) {
    return new AuditTrail.Entry(
        old.number(), old.time(), old.who(), what, old.previous(), old.hash());
  }

  @Test
  void anUntouchedChainHolds() {
    assertThat(broken()).isZero();
    entries.clear();
    head = AuditTrail.Head.NONE;
    assertThat(broken()).isZero();
  }

  @Test
  void aChangedEntryIsNamed() {
    entries.set(2, saying(entries.get(2), "did nothing"));
    entries.set(4, saying(entries.get(4), "did nothing"));
    assertThat(broken()).isEqualTo(3);
  }

  @Test
  void aRemovedEntryIsNamed() {
    entries.remove(1);
    assertThat(broken()).isEqualTo(2);
  }

  @Test
  void entriesThatAreCutOffAtEitherEndAreNamed() {
    entries.removeLast();
    assertThat(broken()).isEqualTo(5);
    entries.removeFirst();
    assertThat(broken()).isEqualTo(1);
  }

  @Test
  void anEntryThatWasHashedAnewBreaksTheNext() {
    AuditTrail.Entry forged =
        new AuditTrail.Head(2, entries.get(1).hash()).next(Instant.EPOCH, "eve", "did 3");
    entries.set(2, forged);
    assertThat(broken()).isEqualTo(4);
    entries.set(2, new AuditTrail.Head(2, "other").next(Instant.EPOCH, "ada", "did 3"));
    assertThat(broken()).isEqualTo(3);
  }

  @Test
  void theNewestEntryIsTheOneThatWasWrittenLast() {
    entries.set(
        4, new AuditTrail.Head(4, entries.get(3).hash()).next(Instant.EPOCH, "eve", "did 5"));
    assertThat(broken()).isEqualTo(5);
  }

  @Test
  void whatStandsInWhichFieldCounts() {
    AuditTrail.Head first = AuditTrail.Head.NONE;
    assertThat(first.next(Instant.EPOCH, "ad", "a did").hash())
        .isNotEqualTo(first.next(Instant.EPOCH, "ada", " did").hash());
  }
}
