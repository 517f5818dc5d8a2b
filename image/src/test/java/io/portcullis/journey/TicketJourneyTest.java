package io.portcullis.journey;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.api.client.AdminClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sessions that `openssl s_client` carries from one node of a real farm to the other, while the farm's keys rotate.
class TicketJourneyTest {

  private static final int ROTATIONS = 20;
  private static final List<String> VERSIONS = List.of("-tls1_2", "-tls1_3");

  @TempDir static Path directory;

  @Test
  void sessionsResumeOnTheOtherNodeThroughTwentyRotations() throws Exception {
    try (PublishedFarm published = PublishedFarm.in(directory);
        AdminClient operator = AdminClient.open(published.farm.operator)) {
      for (String version : VERSIONS) {
        Eventually.until(
            "both nodes have the farm's keys",
            () -> {
              handshake(published, published.node1, version, "-sess_out");
              return resumed(handshake(published, published.node2, version, "-sess_in"));
            });
      }
      int tried = 0;
      int resumed = 0;
      for (int rotation = 0; rotation < ROTATIONS; rotation++) {
        Program there = rotation % 2 == 0 ? published.node1 : published.node2;
        Program here = there == published.node1 ? published.node2 : published.node1;
        for (String version : VERSIONS) {
          handshake(published, there, version, "-sess_out");
        }
        rotate(operator);
        // Announced, perhaps sealing already: whichever step the farm is in.
        for (String version : VERSIONS) {
          for (Program node : List.of(here, there)) {
            tried++;
            resumed += resumed(handshake(published, node, version, "-sess_in")) ? 1 : 0;
          }
        }
      }
      assertThat(resumed).as("of %d resumptions", tried).isGreaterThanOrEqualTo(tried * 99 / 100);
    }
  }

  /// Waits for the one before, as an operator in a hurry would.
  private static void rotate(AdminClient operator) {
    Eventually.until("a rotation begins", () -> operator.rotateTickets().generation() > 0);
  }

  private static boolean resumed(String said) {
    return said.contains("Reused, TLS");
  }

  private static String handshake(
      PublishedFarm published, Program node, String version, String session) throws Exception {
    Process client =
        new ProcessBuilder(
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + published.httpsOf(node),
                "-servername",
                PublishedFarm.MEET,
                version,
                "-ign_eof",
                session,
                directory.resolve("session" + version).toString())
            .redirectErrorStream(true)
            .start();
    try (var in = client.getOutputStream()) {
      in.write(
          ("HEAD / HTTP/1.1\r\nHost: " + PublishedFarm.MEET + "\r\nConnection: close\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
    }
    String said = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return said;
  }
}
