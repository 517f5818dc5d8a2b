package io.portcullis.farm.ensemble;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.store.Announcement;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Proposal;
import io.portcullis.farm.store.ZnodeWatch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Coordinators that are killed with -9 while they make a change.
@ExtendWith(LastWords.class)
class KilledMidChangeTest {
  private static final String NODE = "edge1";

  @TempDir Path directory;
  private int documents;

  /// A node in the farm's eyes.
  private static final class Node implements AutoCloseable {
    private final FarmStore store;
    private final Announcement announcement;
    private final ZnodeWatch<Proposal> watch;
    private volatile Wire.@Nullable Vote vote;
    volatile boolean silent;
    volatile CountDownLatch onTrial = new CountDownLatch(1);

    Node(FarmStore store) {
      this.store = store;
      announcement = store.nodes().announce(NODE, this::report);
      watch = store.watchProposals(this::consider);
    }

    private void consider(Proposal proposal) {
      if (proposal.isNone() || silent) {
        return;
      }
      boolean mine = proposal.canary().equals(NODE);
      vote = new Wire.Vote(proposal.id(), null, mine, proposal.looks());
      announcement.refresh();
      if (mine) {
        onTrial.countDown();
      }
    }

    private String report() {
      Wire.Standing standing = new Wire.Standing(0, vote, Wire.Load.NONE);
      return new String(
          WireJson.write(
              new Wire.NodeStatus(
                  NODE, "1", Instant.EPOCH, 0, null, Map.of(), Map.of(), 0, 0, false, standing)),
          StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
      watch.close();
      announcement.close();
      store.close();
    }
  }

  private Wire.ApplyRequest change(Wire.@Nullable Care care) {
    String document =
        """
        farm: contoso-edge
        listeners:
          - {name: http, bind: "0.0.0.0:80"}
        rules:
          - {name: hello, listener: http, publicNames: [n%d.contoso.com], respond: 200}
        """
            .formatted(++documents);
    return new Wire.ApplyRequest(document, Map.of(), null, "a test", care);
  }

  private long apply(CoordinatorProcess through) throws AdminException {
    try (AdminClient operator = through.operator()) {
      return operator.apply(change(null), false).revision();
    }
  }

  /// A change whose coordinator will not live to answer.
  private Thread beginChange(CoordinatorProcess through, Wire.@Nullable Care care) {
    Wire.ApplyRequest request = change(care);
    return Thread.ofVirtual()
        .start(() -> {
          try (AdminClient operator = through.operator()) {
            operator.apply(request, false);
          } catch (AdminException e) {
            // It was killed, and what became of the change is looked up.
          }
        });
  }

  /// The farm is at `expected`, has nothing beyond it and nothing half done, and can be changed.
  private void goesOnFrom(long expected, CoordinatorProcess other, FarmStore store)
      throws Exception {
    Eventually.until("nothing is proposed", () -> store.proposals().current().isEmpty());
    assertThat(store.revisions().current()).isEqualTo(expected);
    assertThat(store.revisions().read(expected + 1)).isEmpty();
    Eventually.until("a change is made", () -> apply(other) == expected + 1);
    assertThat(store.revisions().read(expected + 2)).isEmpty();
  }

  private static CoordinatorProcess startAgain(ThreeCoordinators farm, CoordinatorProcess killed)
      throws Exception {
    CoordinatorProcess again = farm.restart(killed);
    String _ = again.awaitReady();
    return again;
  }

  @Test
  void whereverACoordinatorIsKilledTheFarmHasOneRevision() throws Exception {
    try (ThreeCoordinators farm = ThreeCoordinators.three(directory);
        FarmStore store = farm.store(farm.member("c3"));
        Node node = new Node(FarmStore.connect(farm.node(NODE)))) {
      Eventually.until("the node reports", () -> store.nodes().report(NODE).isPresent());
      assertThat(apply(farm.member("c1"))).isEqualTo(1);

      node.silent = true;
      Thread voting = beginChange(farm.member("c1"), null);
      Eventually.until("the node is asked", () -> store.proposals().current().isPresent());
      farm.member("c1").kill();
      voting.join();
      node.silent = false;
      goesOnFrom(1, farm.member("c2"), store);
      CoordinatorProcess _ = startAgain(farm, farm.member("c1"));

      Wire.Care canary = new Wire.Care(0, new Wire.Canary(NODE, 120));
      Thread trying = beginChange(farm.member("c2"), canary);
      node.onTrial.await();
      farm.member("c2").kill();
      trying.join();
      goesOnFrom(2, farm.member("c1"), store);
      CoordinatorProcess _ = startAgain(farm, farm.member("c2"));

      Thread committing = beginChange(farm.member("c1"), null);
      Eventually.until("it is written", () -> store.revisions().current() == 4);
      farm.member("c1").kill();
      committing.join();
      goesOnFrom(4, farm.member("c2"), store);
    }
  }
}
