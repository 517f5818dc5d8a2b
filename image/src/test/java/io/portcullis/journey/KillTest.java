package io.portcullis.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Something is killed with -9 under a stream of requests; the rest goes on serving.
class KillTest {

  private static final int CLIENTS = 4;
  private static final int ENOUGH = 200;

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

  @Test
  void aKilledMemberCostsOnlyTheExchangesInFlightOnIt() throws Exception {
    boolean onFirst = published.memberThrough(published.node1).contains("fe1.contoso.local");
    Staging chosen = onFirst ? published.fe1 : published.fe2;
    Staging other = onFirst ? published.fe2 : published.fe1;
    try (RequestStream stream = stream(published.node1)) {
      stream.awaitMore(ENOUGH);
      assertThat(stream.failures()).isEmpty();
      chosen.process.kill();
      long killed = System.nanoTime();
      stream.awaitMore(ENOUGH);
      assertThat(stream.failuresBegunAfter(killed)).isEmpty();
      assertThat(stream.failures()).hasSizeLessThanOrEqualTo(CLIENTS);
    }
    assertThat(published.memberThrough(published.node1)).contains(other.name);
    assertThat(published.memberThrough(published.node2)).contains(other.name);
    Eventually.until(
        "status calls the member down",
        () ->
            published
                .farm
                .ctl("status")
                .output()
                .matches("(?s).*" + chosen.name + "[^\\n]*down.*"));
    // A node that has only met a refused connection serves the source elsewhere without moving it;
    // one whose checks say down moves it.
    Eventually.until(
        "a request after that moves the source for the whole farm",
        () ->
            published.memberThrough(published.node1).contains(other.name)
                && published
                    .farm
                    .ctl("bindings", "--source", "127.0.0.1")
                    .output()
                    .contains(other.name));
    try (Staging _ = chosen.restart(directory.resolve("pool"))) {
      Eventually.until(
          "status calls both members up",
          () -> published.farm.ctl("status").output().matches("(?s).*pool01 +2/2.*"));
      // A source stays where it was moved to: going back would cost it a second time.
      assertThat(published.memberThrough(published.node1)).contains(other.name);
      assertThat(published.memberThrough(published.node2)).contains(other.name);
    }
  }

  @Test
  void aKilledCoordinatorCostsNothingAndComesBack() throws Exception {
    try (RequestStream first = stream(published.node1);
        RequestStream second = stream(published.node2)) {
      first.awaitMore(ENOUGH);
      published.farm.coordinator().kill();
      first.awaitMore(2 * ENOUGH);
      second.awaitMore(2 * ENOUGH);
      assertThat(published.farm.ctl("status").exitCode()).as("farm unreachable").isEqualTo(3);
      published.farm.startCoordinator();
      published.farm.apply(published.document("join.contoso.com"));
      first.awaitMore(ENOUGH);
      assertThat(first.failures()).isEmpty();
      assertThat(second.failures()).isEmpty();
    }
    published.node1.awaitLine("^serving revision 2");
    published.node2.awaitLine("^serving revision 2");
  }

  /// Slower than any slow ZooKeeper: it takes what is sent and answers nothing.
  @Test
  void aFrozenCoordinatorCostsNoRequest() throws Exception {
    try (RequestStream first = stream(published.node1);
        RequestStream second = stream(published.node2)) {
      first.awaitMore(ENOUGH);
      published.farm.coordinator().signal("STOP");
      first.awaitMore(2 * ENOUGH);
      second.awaitMore(2 * ENOUGH);
      published.farm.coordinator().signal("CONT");
      first.awaitMore(ENOUGH);
      assertThat(first.failures()).isEmpty();
      assertThat(second.failures()).isEmpty();
    }
    published.farm.apply(published.document("join.contoso.com"));
    published.node1.awaitLine("^serving revision 2");
  }

  @Test
  void aKilledNodeLeavesTheOtherServingAndRejoinsWithoutAToken() throws Exception {
    try (RequestStream stream = stream(published.node2)) {
      stream.awaitMore(ENOUGH);
      published.node1.kill();
      stream.awaitMore(ENOUGH);
      assertThat(stream.failures()).isEmpty();
    }
    Program back = published.farm.startNode("node-1");
    back.awaitLine("^serving revision 1");
    assertThat(published.memberThrough(back)).contains("fe");
  }

  @Test
  void aNodeThatStartsWhileEveryCoordinatorIsGoneServesItsLastGoodRevision() throws Exception {
    published.farm.coordinator().kill();
    published.node1.kill();
    Program back = published.farm.startNode("node-1");
    back.awaitLine("^serving revision 1");
    assertThat(published.memberThrough(back)).contains("fe");
  }

  @Test
  void aStoppedNodeFinishesWhatRunsAndLeaves() throws Exception {
    try (WireClient slow = published.connect(published.node1, PublishedFarm.MEET)) {
      slow.send("GET /slow/1 HTTP/1.1\r\nHost: " + PublishedFarm.MEET + "\r\n\r\n");
      Eventually.until(
          "the member has the request",
          () -> published.farm.ctl("get", "nodes", "--output", "json").output().contains("node-1"));
      published.node1.signal("TERM");
      assertThat(slow.response().status()).isEqualTo(200);
    }
    assertThat(published.node1.exitCode()).as(published.node1.output()).isZero();
  }

  private RequestStream stream(Program node) {
    return new RequestStream(published.trust, PublishedFarm.MEET, published.httpsOf(node), CLIENTS);
  }
}
