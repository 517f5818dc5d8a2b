package io.portcullis.farm.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.binding.BadEntry;
import io.portcullis.farm.binding.BindingBatch;
import io.portcullis.farm.binding.BindingReplica;
import io.portcullis.farm.binding.BindingSnapshot;
import io.portcullis.farm.binding.BindingTable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.SplittableRandom;

/// A process with its replica, and what it has put on the wire.
final class SimulatedNode {

  /// An append under way to an epoch.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Sent(long epoch, byte[] bytes) {}

  private final SimulatedLog log;
  private final SplittableRandom random;
  private final Deque<Sent> wire = new ArrayDeque<>();
  private final Deque<Sent> strays = new ArrayDeque<>();
  private BindingReplica replica;
  private boolean connected = true;

  SimulatedNode(SimulatedLog log, SplittableRandom random) {
    this.log = log;
    this.random = random;
    this.replica = fresh();
    catchUp();
  }

  private BindingReplica fresh() {
    return new BindingReplica(random::nextLong);
  }

  BindingReplica replica() {
    return replica;
  }

  boolean connected() {
    return connected;
  }

  /// Power off and on: what it had not appended is gone, what is on the wire may still arrive.
  void crash() {
    loseConnection();
    replica = fresh();
    connected = true;
    catchUp();
  }

  /// Of what is on the wire a part arrives in order, another much later, and the rest never.
  void loseConnection() {
    connected = false;
    while (!wire.isEmpty()) {
      Sent sent = wire.remove();
      if (random.nextBoolean()) {
        strays.add(sent);
      }
    }
  }

  void reconnect() {
    connected = true;
    replica.resend();
    if (!log.exists(replica.epoch())) {
      catchUp();
    }
  }

  void catchUp() {
    try {
      Map.Entry<Long, BindingSnapshot> newest = log.newestSnapshot();
      if (newest == null) {
        replica.install(new BindingTable(), log.oldest());
      } else {
        replica.install(newest.getValue().table(), newest.getKey());
      }
      check();
    } catch (BadEntry e) {
      throw new AssertionError(e);
    }
  }

  void send() {
    BindingBatch batch = connected ? replica.next(random.nextBoolean()) : null;
    if (batch != null) {
      wire.add(new Sent(replica.epoch(), batch.encode()));
    }
  }

  /// One append reaches the log.
  void deliver() throws BadEntry {
    Sent sent = wire.poll();
    if (sent != null && !log.append(sent.epoch, sent.bytes)) {
      replica.resend();
      wire.clear();
    }
  }

  void deliverStray() throws BadEntry {
    Sent sent = strays.poll();
    if (sent != null) {
      log.append(sent.epoch, sent.bytes);
    }
  }

  /// Reads up to `count` entries; its table must be what everyone's is at that place.
  void read(int count) throws BadEntry {
    for (int i = 0; connected && i < count; i++) {
      if (!log.exists(replica.epoch())) {
        catchUp();
        return;
      }
      SimulatedLog.Entry entry = log.entry(replica.epoch(), replica.position());
      if (entry == null) {
        return;
      }
      if (replica.read(entry.bytes(), entry.created())) {
        wire.clear();
      }
      check();
    }
  }

  private void check() {
    assertThat(replica.table().digest())
        .as("the table at epoch %d entry %d", replica.epoch(), replica.position())
        .isEqualTo(log.oracle.digest(replica.epoch(), replica.position()));
  }

  boolean isSettled() {
    return connected
        && wire.isEmpty()
        && replica.waiting() == 0
        && log.entry(replica.epoch(), replica.position()) == null
        && replica.epoch() == log.newest();
  }
}
