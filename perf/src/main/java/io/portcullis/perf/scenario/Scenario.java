package io.portcullis.perf.scenario;

import io.portcullis.farm.api.client.AdminException;
import io.portcullis.perf.demo.DemoFailure;
import io.portcullis.perf.demo.LiveFarm;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// What happens to the farm while users are at work, and what they may notice of it. After each the farm is as before.
enum Scenario {
  /// A node loses power and comes back. Whoever had a connection with it loses that; nobody else notices, since clients
  /// have both addresses and take the other when nobody listens at theirs.
  NODE_KILLED(Duration.ofSeconds(2)) {
    @Override
    List<Check> happen(LiveFarm farm, Between load)
        throws DemoFailure, InterruptedException, AdminException {
      String victim = farm.nodes().get(VICTIM);
      farm.kill(victim);
      boolean carried = load.goesOn();
      farm.startAgain(victim);
      farm.awaitServing(victim);
      farm.awaitNodes();
      return List.of(
          Check.of("the other node carries the load", carried ? "yes" : "no", carried),
          Check.of("the killed node joins again and serves", "yes", true));
    }

    @Override
    boolean losesConnectionsOf(int address) {
      return address == VICTIM;
    }
  },

  CERTIFICATE_REPLACED(Duration.ofSeconds(1)) {
    @Override
    List<Check> happen(LiveFarm farm, Between load)
        throws DemoFailure, AdminException, IOException {
      String serial = farm.replaceCertificate();
      List<String> served = farm.servedSerials();
      return List.of(
          Check.of(
              "every node shows new connections the new certificate",
              served.stream().filter(serial::equals).count() + " of " + served.size(),
              served.stream().allMatch(serial::equals)));
    }
  },

  REVISION_PUBLISHED(Duration.ofSeconds(1)) {
    @Override
    List<Check> happen(LiveFarm farm, Between load)
        throws DemoFailure, AdminException, IOException {
      List<Integer> before = farm.laterDomainAnswers();
      farm.publishDomain();
      List<Integer> after = farm.laterDomainAnswers();
      return List.of(
          Check.of(
              "every node answers for what was published, and did not before",
              before + " then " + after,
              before.stream().allMatch(status -> status == 404)
                  && after.stream().allMatch(status -> status == 200)));
    }
  },

  /// Sources that are with the member stay there; the load's are, so all it must see is nothing.
  MEMBER_DRAINED(Duration.ofSeconds(1)) {
    @Override
    List<Check> happen(LiveFarm farm, Between load)
        throws DemoFailure, AdminException, InterruptedException {
      String drained = farm.members().getFirst();
      farm.drain(drained);
      Set<String> chosen = newSources(farm, FIRST_NEW_SOURCE_OF_DRAIN);
      boolean carried = load.goesOn();
      farm.resume(drained);
      return List.of(
          Check.of(
              "new sources get the other member",
              String.join(", ", chosen),
              chosen.equals(Set.of(farm.members().getLast()))),
          Check.of(
              "sources of the drained member are still answered", carried ? "yes" : "no", carried));
    }
  },

  /// The coordinator is the only one and holds the ZooKeeper server: without it nodes go on with what they know.
  ZOOKEEPER_STOPPED(Duration.ofSeconds(1)) {
    @Override
    List<Check> happen(LiveFarm farm, Between load)
        throws DemoFailure, AdminException, InterruptedException {
      farm.stop(LiveFarm.COORDINATOR);
      Set<String> chosen = newSources(farm, FIRST_NEW_SOURCE_OF_STOP);
      boolean carried = load.goesOn();
      farm.startAgain(LiveFarm.COORDINATOR);
      farm.awaitNodes();
      return List.of(
          Check.of(
              "nodes answer new sources on their own",
              chosen.contains("") ? "not all" : "all " + NEW_SOURCES * farm.nodes().size(),
              !chosen.contains("")),
          Check.of("the load goes on without it", carried ? "yes" : "no", carried),
          Check.of("both nodes report again to the new one", "yes", true));
    }
  };

  /// The first address: the load tells its connections apart by their place in the list.
  private static final int VICTIM = 0;

  /// Enough that with a member in two each would be chosen all but certainly.
  private static final int NEW_SOURCES = 8;

  /// Below 127.1.0.0, from which the load comes, and other ones for each scenario, so that none is bound already.
  private static final int FIRST_NEW_SOURCE_OF_DRAIN = 10;

  private static final int FIRST_NEW_SOURCE_OF_STOP = 50;

  private final Duration p99;

  /// @param p99 of every operation over the whole of it: a second is when users begin to wonder, and a machine that runs the
  ///     farm and its users together comes near it
  Scenario(Duration p99) {
    this.p99 = p99;
  }

  /// The load beside it, as far as a scenario has to know of it.
  interface Between {
    /// Whether it is answered on, under the conditions of this moment.
    boolean goesOn() throws InterruptedException;
  }

  /// Lets it happen, waits until it is over, and puts everything back.
  abstract List<Check> happen(LiveFarm farm, Between load)
      throws DemoFailure, AdminException, IOException, InterruptedException;

  /// Whether requests on connections with this address may be lost, one for each connection.
  boolean losesConnectionsOf(int address) {
    return false;
  }

  Duration p99() {
    return p99;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The members that answer sources which the farm has not seen before, through each node; `""` for no answer.
  private static Set<String> newSources(LiveFarm farm, int first) {
    TreeSet<String> chosen = new TreeSet<>();
    for (String node : farm.nodes()) {
      for (int i = 0; i < NEW_SOURCES; i++) {
        chosen.add(farm.memberOf(node, "127.0.0." + (first + i)));
      }
    }
    return chosen;
  }
}
