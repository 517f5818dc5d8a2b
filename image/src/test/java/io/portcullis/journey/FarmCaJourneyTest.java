package io.portcullis.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three coordinators and two nodes under a stream of requests go over to another CA, while a node is away and the coordinator that leads is killed.
class FarmCaJourneyTest {
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

  private Program ca(String word) throws Exception {
    return published.farm.ctl("farm-ca", word);
  }

  private String trusted(String name) throws Exception {
    return Files.readString(directory.resolve(name).resolve("farm-ca.pem"));
  }

  @Test
  void theFarmGoesOverToAnotherCaWhileUsersAreServed() throws Exception {
    Farm farm = published.farm;
    farm.joinCoordinator("coordinator-2");
    farm.joinCoordinator("coordinator-3");
    String old = trusted("node-1");
    String person = Files.readString(farm.operator);
    try (RequestStream first = stream(published.node1)) {
      first.awaitMore(ENOUGH);
      published.node2.kill();
      Eventually.until(
          "the farm misses the node",
          () -> !farm.ctl("get", "nodes", "--output", "json").output().contains("\"node-2\""));
      Program rotated = ca("rotate");
      assertThat(rotated.exitCode()).as(rotated.output()).isZero();
      // It led alone, so it leads now; another goes on where it was.
      farm.coordinator().kill();
      farm.startCoordinator();
      Eventually.until(
          "only the node that is away has to renew",
          // A coordinator starts, another leads, and all renew, one step behind the other.
          Program.PATIENCE.multipliedBy(3),
          () -> {
            assertThat(ca("status").output())
                .contains("has to renew: node node-2\n")
                .doesNotContain("waits for");
            return true;
          });
      Program back = farm.startNode("node-2");
      back.awaitLine("^serving revision 1");
      Eventually.until("it has", () -> ca("status").exitCode() == 0);
      Eventually.until(
          "all trust the new CA only",
          () ->
              !trusted("node-1").contains(old.strip())
                  && trusted("node-1").equals(trusted("node-2"))
                  && trusted("node-1").equals(trusted("coordinator-3"))
                  && trusted("node-1").equals(trusted("coordinator-2")));
      farm.apply(published.document("join.contoso.com"));
      published.node1.awaitLine("^serving revision 2");
      back.awaitLine("^serving revision 2");
      first.awaitMore(ENOUGH);
      assertThat(first.failures()).isEmpty();
    }
    assertThat(farm.ctl("status").output()).contains("one may fail");
    requireQuorumOfTheNewCa();
    // It trusts the new CA, so that only the farm can refuse it.
    Path before = Files.writeString(directory.resolve("before.pem"), person + trusted("node-1"));
    Program refused =
        Program.java(
            directory,
            List.of("-Xmx128m"),
            "io.portcullis.farm.FarmCtl",
            "status",
            "--identity",
            before.toString());
    assertThat(refused.exitCode()).as(refused.output()).isEqualTo(1);
    assertThat(refused.output()).contains("one from before the farm changed its CA does not count");
  }

  /// A member that starts now meets the others by the new CA alone.
  private void requireQuorumOfTheNewCa() throws Exception {
    published.farm.coordinator().kill();
    published.farm.startCoordinator();
    Eventually.until(
        "all three are back", () -> published.farm.ctl("status").output().contains("one may fail"));
  }

  private RequestStream stream(Program node) {
    return new RequestStream(published.trust, PublishedFarm.MEET, published.httpsOf(node), CLIENTS);
  }
}
