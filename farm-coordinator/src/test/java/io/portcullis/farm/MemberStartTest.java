package io.portcullis.farm;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.store.FarmStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemberStartTest {
  @TempDir Path directory;

  /// It writes its snapshots and its log in place: a coordinator that read them while it starts would at times find half of one.
  @Test
  void nobodyReadsZooKeepersFilesOnceItRuns() throws Exception {
    Path state;
    FarmHome home;
    try (Bench bench = Bench.start(directory)) {
      state = bench.state();
      home = bench.home();
    }
    Path ensemble = state.resolve("ensemble");
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    String clients = home.zookeeper();
    int port = Integer.parseInt(clients.substring(clients.indexOf(':') + 1));
    CoordinatorOptions options =
        new CoordinatorOptions(
            state,
            Bench.FARM,
            new InetSocketAddress(loopback, 0),
            new InetSocketAddress(loopback, port),
            "127.0.0.1");
    Member member = Member.start(ensemble, options, options.zookeeper(), home, _ -> {});
    try (member;
        FarmStore store = FarmStore.connect(home)) {
      for (Path half : files(ensemble.resolve("data/version-2"))) {
        Files.write(half, new byte[3]);
      }
      new Enrolment(ensemble, options, home, "127.0.0.1:0", clients)
          .awaitStore(store, member.startedFrom());
      assertThat(member.startedFrom().own()).startsWith("server.1=127.0.0.1:");
    }
  }

  private static List<Path> files(Path directory) throws Exception {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.getFileName().toString().matches("(snapshot|log)\\..*"))
          .toList();
    }
  }
}
