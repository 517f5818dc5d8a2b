package io.portcullis.farm.binding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BindingReplicaTest {
  private static final long POOL = 7;
  private static final long SOURCE = 0xffff_c000_0207L;
  private static final long MEMBER = 11;

  private static BindingReplica bound(long epoch) {
    BindingTable table = new BindingTable();
    table.put(POOL, 0, SOURCE, MEMBER, 0);
    BindingReplica replica = new BindingReplica(() -> 1);
    replica.install(table, epoch);
    return replica;
  }

  @Test
  void aLogOfAnotherEraIsToldWhatWasBound() {
    BindingReplica replica = bound(5);
    replica.install(new BindingTable(), replica.eraAfter());
    assertThat(replica.proposed(POOL, 0, SOURCE)).isEqualTo(MEMBER);
    assertThat(replica.owner(POOL, 0, SOURCE)).isEqualTo(MEMBER);
    assertThat(replica.eraAfter()).isGreaterThan(replica.epoch());
  }

  @Test
  void aLaterSnapshotOfTheSameLogCountsAlone() {
    BindingReplica replica = bound(5);
    replica.install(new BindingTable(), 21);
    assertThat(replica.proposed(POOL, 0, SOURCE)).isZero();
    assertThat(replica.owner(POOL, 0, SOURCE)).isZero();
  }
}
