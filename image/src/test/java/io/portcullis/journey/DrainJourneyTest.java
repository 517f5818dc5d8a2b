package io.portcullis.journey;

import static io.portcullis.journey.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Maintenance as an operator does it: take one thing out of service, look, and put it back.
class DrainJourneyTest {

  private static final String MEMBER = "pool01/fe1.contoso.local";

  @TempDir Path directory;

  @Test
  void memberAndNodeAreTakenOutAndPutBackWhileTheFarmServes() throws Exception {
    try (PublishedFarm published = PublishedFarm.in(directory)) {
      fine(published, "member", "drain", MEMBER, "--for", "1h");
      until("both nodes say so", () -> status(published).contains("fe1.contoso.local draining"));
      fine(published, "member", "resume", MEMBER);
      until("it is back", () -> !status(published).contains("draining"));

      fine(published, "node", "drain", "node-1");
      until("node-1 accepts nobody", () -> refuses(published, published.node1));
      assertThat(published.memberThrough(published.node2)).contains("\"member\"");
      until("status shows it", () -> status(published).contains("draining"));
      fine(published, "node", "resume", "node-1");
      until("node-1 serves", () -> published.memberThrough(published.node1).contains("\"member\""));
    }
  }

  private static void fine(PublishedFarm published, String... words) throws Exception {
    Program done = published.farm.ctl(words);
    assertThat(done.exitCode()).as(done.output()).isZero();
  }

  private static String status(PublishedFarm published) throws Exception {
    return published.farm.ctl("status").output();
  }

  private static boolean refuses(PublishedFarm published, Program node) throws Exception {
    try (WireClient _ = published.connect(node, PublishedFarm.MEET)) {
      return false;
    } catch (ConnectException _) {
      return true;
    }
  }
}
