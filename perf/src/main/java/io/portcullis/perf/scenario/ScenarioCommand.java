package io.portcullis.perf.scenario;

import io.portcullis.farm.api.client.AdminException;
import io.portcullis.perf.demo.DemoFailure;
import io.portcullis.perf.demo.LiveFarm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `farmctl perf scenarios`: what users notice while something happens to the farm.
@Command(
    name = "scenarios",
    sortOptions = false,
    usageHelpWidth = 110,
    description = {
      "Starts a farm of real processes on this machine (a coordinator, two nodes, two members), sends it load, and",
      "lets things happen: a node killed, a certificate replaced, a revision published, a member drained, ZooKeeper",
      "stopped. Each has limits of its own. Ends with 0 if all were kept, 1 if not, 2 for wrong usage."
    })
public final class ScenarioCommand implements Callable<Integer> {

  private static final int FINE = 0;
  private static final int NOT_FINE = 1;
  private static final int WRONG_USAGE = 2;

  private static final double MOST_RATE = 10_000;
  private static final int MOST_SOURCES = 60_000;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and end")
  private boolean help;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "WORD",
      description =
          "some of node-killed, certificate-replaced, revision-published, member-drained, zookeeper-stopped")
  private List<String> only =
      new ArrayList<>(Arrays.stream(Scenario.values()).map(Scenario::word).toList());

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "small requests a second on kept connections (default: ${DEFAULT-VALUE})")
  private double rate = 100;

  @Option(
      names = "--users",
      paramLabel = "N",
      description =
          "users a second who sign in on connections of their own (default: ${DEFAULT-VALUE})")
  private double users = 5;

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "kept connections (default: ${DEFAULT-VALUE})")
  private int connections = 16;

  @Option(
      names = "--sources",
      paramLabel = "N",
      description = "addresses that users come from (default: ${DEFAULT-VALUE})")
  private int sources = 32;

  @Option(
      names = "--around",
      paramLabel = "N",
      description =
          "right answers of each load to wait for before, during and after (default: ${DEFAULT-VALUE})")
  private long around = 50;

  @Option(
      names = "--no-times",
      negatable = false,
      description = "judge counts and effects only, on a machine that is busy with other things")
  private boolean noTimes;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "where the farm lies, made fresh (default: ${DEFAULT-VALUE})")
  private Path directory = Path.of(".portcullis", "scenarios");

  @Option(
      names = "--report",
      paramLabel = "NAME",
      description = "write NAME.json and NAME.html (default: ${DEFAULT-VALUE})")
  private Path report = Path.of("perf-scenarios");

  @Override
  public Integer call() throws InterruptedException {
    try {
      return run(chosen());
    } catch (IllegalArgumentException e) {
      System.err.println("perf scenarios: " + e.getMessage());
      return WRONG_USAGE;
    } catch (AdminException e) {
      System.err.println("perf scenarios: " + e.getMessage() + "\n" + e.hint());
      return NOT_FINE;
    } catch (DemoFailure | IOException | GeneralSecurityException e) {
      System.err.println("perf scenarios: " + e.getMessage());
      return NOT_FINE;
    }
  }

  private List<Scenario> chosen() {
    require(rate > 0 && rate <= MOST_RATE, "--rate is above 0 and at most " + MOST_RATE);
    require(users > 0 && users <= MOST_RATE, "--users is above 0 and at most " + MOST_RATE);
    require(connections > 0 && connections <= MOST_RATE, "--connections is 1 to " + MOST_RATE);
    require(sources > 0 && sources <= MOST_SOURCES, "--sources is 1 to " + MOST_SOURCES);
    require(around > 0, "--around is above 0");
    List<Scenario> chosen = new ArrayList<>();
    for (String word : only) {
      chosen.add(
          Arrays.stream(Scenario.values())
              .filter(scenario -> scenario.word().equals(word))
              .findFirst()
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "--only takes %s, not \"%s\""
                          .formatted(
                              Arrays.stream(Scenario.values())
                                  .map(Scenario::word)
                                  .collect(Collectors.joining(", ")),
                              word))));
    }
    return chosen;
  }

  private static void require(boolean kept, String bound) {
    if (!kept) {
      throw new IllegalArgumentException(bound);
    }
  }

  private int run(List<Scenario> scenarios)
      throws DemoFailure,
          AdminException,
          GeneralSecurityException,
          IOException,
          InterruptedException {
    List<Played> played = new ArrayList<>();
    try (LiveFarm farm = LiveFarm.start(directory)) {
      Rehearsal rehearsal =
          new Rehearsal(
              farm, new Rehearsal.Settings(rate, users, connections, sources, around, !noTimes));
      for (Scenario scenario : scenarios) {
        Played one = rehearsal.play(scenario);
        played.add(one);
        System.out.println((one.fine() ? "✓ " : "✗ ") + scenario.word());
      }
    }
    ScenarioReport all = new ScenarioReport(played);
    System.out.print(all.text());
    Path parent = report.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Path json = report.resolveSibling(report.getFileName() + ".json");
    Path html = report.resolveSibling(report.getFileName() + ".html");
    Files.writeString(json, all.json());
    Files.writeString(html, all.page().html());
    System.out.println("report: " + html + "  data: " + json);
    return all.fine() ? FINE : NOT_FINE;
  }
}
