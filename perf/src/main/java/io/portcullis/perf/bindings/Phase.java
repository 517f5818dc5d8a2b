package io.portcullis.perf.bindings;

import io.portcullis.farm.binding.BindingOp;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Wishes at a rate that does not wait, spread over the nodes, until all of them are visible on every node.
final class Phase {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /// What is not visible everywhere by then counts as lost.
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  /// Which wish a node makes as its n-th, and how it looks when it has happened.
  interface Plan {
    long source(int node, long number);

    BindingOp wish(int node, long number);

    /// The member that the source has afterwards, or a later one: a plan moves a source to higher numbers only.
    long member(long number);
  }

  /// @param perSecond wishes made and seen everywhere, over the whole phase
  /// @param late wishes that had still to be seen when the last one was due
  record Result(long wishes, double perSecond, long late, double p50, double p99, double max) {}

  private record Sample(int node, long number, long due) {}

  private final List<LabNode> nodes;
  private final Plan plan;
  private final List<Double> latencies = new ArrayList<>();

  /// Of each node, in the order of its wishes, which is the order they are seen in.
  private final List<ArrayDeque<Sample>> open;

  Phase(List<LabNode> nodes, Plan plan) {
    this.nodes = nodes;
    this.plan = plan;
    this.open = nodes.stream().map(_ -> new ArrayDeque<Sample>()).toList();
  }

  /// @param wishes of all nodes together
  /// @param rate a second, of all nodes together
  Result run(long wishes, double rate) {
    for (int node = 0; node < nodes.size(); node++) {
      int mine = node;
      nodes.get(node).wishesAre(number -> plan.wish(mine, number));
    }
    long each = wishes / nodes.size();
    double eachRate = rate / nodes.size();
    long began = System.nanoTime();
    long given = 0;
    int turn = 0;
    while (given < each) {
      long now = System.nanoTime();
      long due = Math.min(each, (long) ((now - began) / 1e9 * eachRate));
      if (due > given) {
        for (LabNode node : nodes) {
          node.allow(due);
        }
        int node = turn++ % nodes.size();
        open.get(node).add(new Sample(node, due - 1, now));
        given = due;
      }
      look();
      LockSupport.parkNanos(TICK_NANOS);
    }
    final long late = nodes.stream().mapToLong(LabNode::behind).sum();
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!(open.stream().allMatch(ArrayDeque::isEmpty)
        && nodes.stream().allMatch(LabNode::isQuiet))) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("not everything was seen everywhere within a minute");
      }
      look();
      LockSupport.parkNanos(TICK_NANOS);
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    double[] sorted = latencies.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return new Result(
        each * nodes.size(),
        each * nodes.size() / seconds,
        late,
        at(sorted, 0.5),
        at(sorted, 0.99),
        sorted[sorted.length - 1]);
  }

  private static double at(double[] sorted, double share) {
    return sorted[
        (int) Math.min(sorted.length - 1L, Math.round(Math.floor(sorted.length * share)))];
  }

  /// Which samples are visible on every node by now; a looker that comes late makes the latency longer, never shorter.
  private void look() {
    for (ArrayDeque<Sample> mine : open) {
      Sample sample = mine.peek();
      while (sample != null && isSeen(sample)) {
        latencies.add((System.nanoTime() - sample.due) / 1e6);
        mine.poll();
        sample = mine.peek();
      }
    }
  }

  private boolean isSeen(Sample sample) {
    long source = plan.source(sample.node, sample.number);
    long member = plan.member(sample.number);
    return nodes.stream().allMatch(node -> node.member(source) >= member);
  }
}
