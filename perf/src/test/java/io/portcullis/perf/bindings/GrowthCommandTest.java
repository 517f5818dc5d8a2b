package io.portcullis.perf.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// ZooKeeper's own counters of a small crowd; how long anything took is not looked at.
class GrowthCommandTest {

  @TempDir private Path directory;

  @Test
  void aRevisionAndABindingReachEveryNodeOfAGrowingCrowd() {
    int code =
        new CommandLine(new GrowthCommand())
            .execute("--nodes=1,3", "--events=2", "--rest=1", "--dir=" + directory);
    assertThat(code).isZero();
  }

  @Test
  void sizesThatDoNotRiseAreRefused() {
    assertThat(new CommandLine(new GrowthCommand()).execute("--nodes=4,2")).isEqualTo(2);
    assertThat(new CommandLine(new GrowthCommand()).execute("--nodes=100")).isEqualTo(2);
  }

  @Test
  void aLineIsWhatItIsAndADoublingIsNot() {
    GrowthLaw line =
        GrowthLaw.of(
            List.of(
                new GrowthLaw.Point(2, 11),
                new GrowthLaw.Point(4, 17),
                new GrowthLaw.Point(16, 53)));
    assertThat(line.fixed()).isCloseTo(5, within(1e-9));
    assertThat(line.each()).isCloseTo(3, within(1e-9));
    assertThat(line.off()).isCloseTo(0, within(1e-9));
    GrowthLaw squares =
        GrowthLaw.of(
            List.of(
                new GrowthLaw.Point(2, 4),
                new GrowthLaw.Point(8, 64),
                new GrowthLaw.Point(16, 256)));
    assertThat(squares.off()).isGreaterThan(0.5);
  }

  @Test
  void countersAreReadByName() throws IOException {
    ZooKeeperCounters counters =
        ZooKeeperCounters.parse(
            """
            zk_version\t3.9.5
            zk_packets_received\t120
            zk_packets_sent\t130
            zk_watch_count\t7
            zk_bytes_received_count\t4096
            """);
    assertThat(counters.received()).isEqualTo(120);
    assertThat(counters.bytes()).isEqualTo(4096);
    assertThat(counters.watches()).isEqualTo(7);
    assertThatThrownBy(() ->
            ZooKeeperCounters.parse("mntr is not executed because it is not in the whitelist."))
        .hasMessageContaining("whitelist");
  }
}
