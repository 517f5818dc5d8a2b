package io.portcullis.perf.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.perf.staging.LabAuthority;
import io.portcullis.perf.staging.StagingPool;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A tour must not be content with less than a farm: here two stand-in members play the nodes, and get everything wrong
/// that a node has to get right.
final class TourTest {

  @TempDir private Path directory = Path.of("");

  private Tour.Findings tourPastMembers(@Nullable LabAuthority trusted) throws Exception {
    StagingPool.Settings settings =
        new StagingPool.Settings(
            directory,
            InetAddress.getLoopbackAddress(),
            Topology.POOL,
            Topology.publicNames(),
            StagingPool.Settings.twoMembers(directory).members());
    try (StagingPool pool = StagingPool.start(settings)) {
      List<Topology.Server> nodes =
          pool.members().stream()
              .map(member ->
                  new Topology.Server(
                      member.name(), member.https().getPort(), member.http().getPort()))
              .toList();
      LabAuthority authority = trusted == null ? pool.authority() : trusted;
      return new Tour(new PublicClient(authority), new Topology(0, 0, nodes, nodes)).take();
    }
  }

  @Test
  void answersThatDidNotPassANodeAreNoticed() throws Exception {
    Tour.Findings findings = tourPastMembers(null);

    assertThat(findings.fine()).isFalse();
    assertThat(complaint(findings, "meet.contoso.com", true)).contains("in TLS");
    assertThat(complaint(findings, "meet.contoso.com", false)).contains("expected 301");
    assertThat(complaint(findings, "intranet.contoso.com", true)).contains("expected 404");
    assertThat(complaint(findings, "lyncdiscover.contoso.com", false)).isEmpty();
    assertThat(complaint(findings, "lyncdiscover.contoso.com", true)).isEmpty();
  }

  @Test
  void certificateOfAnotherCaIsNotAccepted() throws Exception {
    Tour.Findings findings = tourPastMembers(LabAuthority.create("somebody else"));

    assertThat(complaint(findings, "lyncdiscover.contoso.com", true)).contains("PKIX");
    assertThat(complaint(findings, "lyncdiscover.contoso.com", false)).isEmpty();
  }

  @Test
  void differentMembersForOneSourceAreNoticed() {
    assertThat(Tour.disagreement(List.of("fe1", "fe2"))).contains("different members");
    assertThat(Tour.disagreement(List.of("fe2", "fe2"))).isEmpty();
  }

  private static String complaint(Tour.Findings findings, String host, boolean tls) {
    return findings.stops().stream()
        .filter(stop -> stop.request().host().startsWith(host + ":"))
        .filter(stop -> (stop.request().serverName() != null) == tls)
        .findFirst()
        .orElseThrow()
        .complaint();
  }
}
