package io.portcullis.perf.bindings;

import io.portcullis.farm.binding.BindingOp;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.store.Announcement;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.FarmWatch;
import io.portcullis.farm.store.Revision;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Nodes as ZooKeeper sees them: a session each, a report, the watches of a node, the bindings' log; no listeners and no requests.
final class Crowd implements AutoCloseable {

  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(120);
  private static final long POLL_MILLIS = 5;

  private final FarmHome coordinator;
  private final FarmStore writer;
  private final List<Simulated> nodes = new ArrayList<>();
  private long bound;

  private record Simulated(
      LabNode bindings, Announcement report, Seen seen, List<AutoCloseable> watches) {}

  private static final class Seen implements FarmWatch.Listener {
    volatile long number;

    @Override
    public void revision(Revision revision) {
      number = revision.number();
    }
  }

  /// @param coordinator whose counters are read, and as whom revisions are written
  Crowd(FarmHome coordinator) {
    this.coordinator = coordinator;
    this.writer = FarmStore.connect(coordinator);
  }

  int size() {
    return nodes.size();
  }

  void add(FarmHome home) throws IOException, InterruptedException {
    LabNode bindings = new LabNode(home);
    FarmStore store = bindings.store;
    Seen seen = new Seen();
    List<AutoCloseable> watches =
        List.of(
            store.watch(seen),
            store.watchDrains(_ -> {}),
            store.watchTickets(_ -> {}),
            store.watchProposals(_ -> {}));
    Announcement report =
        store.nodes().announce(home.identity().id(), () -> "{\"simulated\": true}");
    nodes.add(new Simulated(bindings, report, seen, watches));
  }

  ZooKeeperCounters counters() throws IOException {
    return ZooKeeperCounters.read(coordinator);
  }

  /// A revision that says nothing, until every node has it.
  void publish() throws InterruptedException, IOException {
    long current = writer.revisions().current();
    var _ =
        writer
            .revisions()
            .write(
                current,
                new Revision(0, "perf", Instant.now(), "growth", "farm: lab\n", "farm: lab\n"));
    await("a revision", () -> nodes.stream().allMatch(node -> node.seen().number > current));
  }

  /// One new source at the first node, until every node knows it.
  void bind() throws InterruptedException, IOException {
    long source = ++bound;
    LabNode first = nodes.getFirst().bindings();
    first.wishesAre(_ -> BindingOp.bind(LabNode.POOL, 0, source, 1));
    first.allow(1);
    await("a binding", () -> nodes.stream().allMatch(node -> node.bindings().member(source) != 0));
  }

  private static void await(String what, BooleanSupplier done)
      throws InterruptedException, IOException {
    long deadline = System.nanoTime() + LIMIT_NANOS;
    while (!done.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IOException(what + " did not reach every node within two minutes");
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  @Override
  public void close() throws IOException {
    for (Simulated node : nodes) {
      node.report().close();
      for (AutoCloseable watch : node.watches()) {
        try {
          watch.close();
        } catch (Exception e) {
          throw new IOException("a watch did not close", e);
        }
      }
      node.bindings().close();
    }
    writer.close();
  }
}
