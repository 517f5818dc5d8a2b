package io.portcullis.farm;

import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.server.EmbeddedZooKeeper;
import io.portcullis.farm.server.MemberList;
import io.portcullis.farm.server.StartFailed;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntConsumer;

/// This coordinator's member of the ZooKeeper ensemble: alone at first, and reachable for others from the moment the farm shall grow.
final class Member implements AutoCloseable {
  private final Path directory;
  private final CoordinatorOptions options;
  private final InetSocketAddress clients;
  private final FarmHome home;
  private final IntConsumer onDeath;
  private EmbeddedZooKeeper running;

  private Member(
      Path directory,
      CoordinatorOptions options,
      InetSocketAddress clients,
      FarmHome home,
      IntConsumer onDeath)
      throws StartFailed {
    this.directory = directory;
    this.options = options;
    this.clients = clients;
    this.home = home;
    this.onDeath = onDeath;
    running = run();
  }

  static Member start(
      Path directory,
      CoordinatorOptions options,
      InetSocketAddress clients,
      FarmHome home,
      IntConsumer onDeath)
      throws StartFailed {
    return new Member(directory, options, clients, home, onDeath);
  }

  /// How other members will know a machine that has not been a member yet.
  static String line(int number, CoordinatorOptions options) throws StartFailed {
    InetSocketAddress quorum =
        AdminPort.resolve(options.quorum(), "other coordinators", "--quorum");
    InetSocketAddress beside =
        new InetSocketAddress(
            options.quorum().getAddress(),
            options.quorum().getPort() == 0 ? 0 : options.quorum().getPort() + 1);
    InetSocketAddress election = AdminPort.resolve(beside, "other coordinators", "--quorum");
    while (election.getPort() == quorum.getPort()) {
      election = AdminPort.resolve(beside, "other coordinators", "--quorum");
    }
    return MemberList.line(number, options.advertise(), quorum.getPort(), election.getPort());
  }

  private EmbeddedZooKeeper run() throws StartFailed {
    boolean everywhere =
        MemberList.isOpen(directory) && options.quorum().getAddress().isAnyLocalAddress();
    return EmbeddedZooKeeper.start(directory, clients, home, everywhere, onDeath);
  }

  /// Starts again where others can reach it, unless it is there already. Clients reconnect within a second or two.
  synchronized void open() throws StartFailed {
    if (MemberList.isOpen(directory)) {
      return;
    }
    try {
      String line = line(1, options);
      do {
        running.close();
        new MemberList(1, List.of(line), 0).write(directory);
        running = run();
        // Whoever followed the old list may just have kept it once more.
      } while (!MemberList.keeps(directory, line));
    } catch (IOException e) {
      throw new StartFailed(
          "the list of members cannot be kept in " + directory + ": " + e.getMessage(),
          "check that the directory can be written and its disk has room",
          e);
    }
  }

  /// The list that it last started from.
  synchronized MemberList startedFrom() {
    return running.startedFrom();
  }

  @Override
  public synchronized void close() {
    running.close();
  }
}
