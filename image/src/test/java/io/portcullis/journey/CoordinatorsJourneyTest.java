package io.portcullis.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A farm of three coordinators and two nodes under a stream of requests, while coordinators and nodes are killed with -9.
class CoordinatorsJourneyTest {
  private static final int CLIENTS = 2;
  private static final int ENOUGH = 100;

  @TempDir Path directory;
  private PublishedFarm published;

  @BeforeEach
  void publish() throws Exception {
    published = PublishedFarm.in(directory);
  }

  @AfterEach
  void stop() {
    published.close();
  }

  private RequestStream stream(Program node) {
    return new RequestStream(published.trust, PublishedFarm.MEET, published.httpsOf(node), CLIENTS);
  }

  private String status() throws Exception {
    return published.farm.ctl("status").output();
  }

  @Test
  void anyCoordinatorMayDieAndASourceKeepsItsMemberThroughIt() throws Exception {
    Farm farm = published.farm;
    Program second = farm.joinCoordinator("coordinator-2");
    Program third = farm.joinCoordinator("coordinator-3");
    assertThat(status()).contains("one may fail");
    String bound = boundElsewhereThanByHashing();
    try (RequestStream first = stream(published.node1);
        RequestStream other = stream(published.node2)) {
      first.awaitMore(ENOUGH);
      // It led alone and so leads the three: no member has had a reason to ask for another leader.
      farm.coordinator().kill();
      Eventually.until(
          "a change is made without the leader",
          () -> {
            Program applied = farm.ctl("apply", document());
            return applied.exitCode() == 0;
          });
      published.node1.awaitLine("^serving revision 2");
      published.node2.awaitLine("^serving revision 2");
      first.awaitMore(ENOUGH);
      other.awaitMore(ENOUGH);
      Eventually.until(
          "status says who is down",
          () -> status().contains("coordinator-1 is down: no other may fail"));
      assertThat(first.failures()).isEmpty();
      assertThat(other.failures()).isEmpty();
    }
    second.kill();
    third.kill();
    published.node2.kill();
    Program again = farm.startNode("node-2");
    again.awaitLine("^serving revision 2");
    farm.startCoordinator("coordinator-2");
    farm.startCoordinator("coordinator-3").awaitLine("^coordinator ready");
    farm.startCoordinator();
    Eventually.until("all are back", () -> status().contains("one may fail"));
    assertThat(published.memberThrough(published.node1)).contains(bound);
    Eventually.until(
        "a node that started meanwhile sends the source where it is bound",
        () -> published.memberThrough(again).contains(bound));
    assertThat(farm.ctl("bindings", "--source", "127.0.0.1").output()).contains(bound);
  }

  private String document() throws Exception {
    return java.nio.file.Files.writeString(
            directory.resolve("again.yaml"), published.document("join.contoso.com"))
        .toString();
  }

  /// Moves this machine's source to the member that hashing would not choose, so that only the binding can keep it there.
  private String boundElsewhereThanByHashing() throws Exception {
    boolean onFirst = published.memberThrough(published.node1).contains("fe1.contoso.local");
    Staging chosen = onFirst ? published.fe1 : published.fe2;
    Staging other = onFirst ? published.fe2 : published.fe1;
    chosen.process.kill();
    Eventually.until(
        "the source is moved",
        () ->
            published.memberThrough(published.node1).contains(other.name)
                && published
                    .farm
                    .ctl("bindings", "--source", "127.0.0.1")
                    .output()
                    .contains(other.name));
    restarted = chosen.restart(directory.resolve("pool"));
    Eventually.until("both members are up", () -> status().matches("(?s).*pool01 +2/2.*"));
    assertThat(published.memberThrough(published.node1)).contains(other.name);
    assertThat(published.memberThrough(published.node2)).contains(other.name);
    return other.name;
  }

  private @org.jspecify.annotations.Nullable Staging restarted;

  @AfterEach
  void stopRestarted() {
    if (restarted != null) {
      restarted.close();
    }
  }
}
