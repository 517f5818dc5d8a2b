package io.portcullis.perf.demo;

import io.portcullis.farm.api.client.AdminException;
import io.portcullis.perf.staging.LabAuthority;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The whole product on one machine from one command: a coordinator, two nodes that join it, a stand-in pool, a published
/// topology, and real requests through both nodes.
@Command(
    name = "farmctl demo",
    usageHelpWidth = 110,
    description = {
      "Starts a coordinator, two proxy nodes and a stand-in Lync pool, publishes the pool, sends requests through",
      "both nodes and shows what came back. Then it stays up until Ctrl-C."
    })
public final class Demo implements Callable<Integer> {

  private static final int FINE = 0;
  private static final int NOT_FINE = 1;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and end")
  private boolean help;

  @Option(
      names = "--check",
      description = "stop after the requests; exit code 0 if all was as expected, else 1")
  private boolean check;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "where everything lies, made fresh at each start (default: ${DEFAULT-VALUE})")
  private Path wanted = Path.of(".portcullis", "demo");

  private final Progress out = new Progress(Progress.wantsColour());

  private Demo() {}

  public static void main(String[] args) {
    System.exit(new CommandLine(new Demo()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    DemoDirectory directory;
    try {
      directory = DemoDirectory.take(wanted);
    } catch (DemoFailure e) {
      out.failed("demo: " + e.getMessage());
      return NOT_FINE;
    }
    Children children = new Children(directory.register());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupted(children), "stop"));
    try {
      return run(directory, children);
    } catch (DemoFailure e) {
      return failed(children, String.valueOf(e.getMessage()));
    } catch (AdminException e) {
      return failed(children, e.getMessage() + (e.hint().isEmpty() ? "" : "\n" + e.hint()));
    } catch (GeneralSecurityException e) {
      return failed(children, "TLS: " + e.getMessage());
    } finally {
      stop(children);
    }
  }

  private int run(DemoDirectory directory, Children children)
      throws DemoFailure, AdminException, GeneralSecurityException, InterruptedException {
    out.line("Portcullis demo in " + directory.path() + " (made fresh; logs in logs/)");
    if (!directory.leftovers().isEmpty()) {
      out.done("ended what a killed demo left: " + String.join(", ", directory.leftovers()));
    }
    Topology topology = Topology.onFreePorts();
    LabAuthority publicCa = new DemoFarm(directory, topology, children, out).start();
    Tour.Findings toured = new Tour(new PublicClient(publicCa), topology).take();
    Tour.Findings findings = NodeLogs.of(topology, directory).explain(toured);
    new TourTable(out).print(findings, topology);
    children.requireAlive();
    out.line("");
    int requests = findings.stops().size() + findings.sources().size() * topology.nodes().size();
    if (findings.fine()) {
      out.done(out.good(requests + " requests through two nodes, all answered as expected"));
    } else {
      out.done(out.bad(findings.trouble() + " rows are not as expected, see above"));
      out.line("logs: " + directory.path().resolve("logs"));
    }
    if (check) {
      return findings.fine() ? FINE : NOT_FINE;
    }
    nextCommands(directory, topology, children, findings.otherSource());
    new LiveView(directory, children, out).watch();
    return FINE;
  }

  /// @param otherSource an address whose requests go to another member than those of 127.0.0.1
  private void nextCommands(
      DemoDirectory directory, Topology topology, Children children, String otherSource) {
    Topology.Server node = topology.nodes().getFirst();
    Topology.Server other = topology.nodes().getLast();
    Path ca = directory.file("public-ca.pem");
    String meet = Topology.meetNames().getFirst();
    String discover = Topology.discoverNames().getFirst();
    out.line(
        """

        Try, in another terminal:
          curl --cacert %1$s --resolve %2$s:%3$d:127.0.0.1 https://%2$s:%3$d/
          curl --cacert %1$s --resolve %2$s:%4$d:127.0.0.1 --interface %12$s https://%2$s:%4$d/
          curl --resolve %5$s:%6$d:127.0.0.1 'http://%5$s:%6$d/?sipuri=alice@contoso.com'
          ./farmctl status --identity %7$s
          %11$s
          kill %8$d   # a member; kill %9$d: a node; kill %10$d: the coordinator
        Ctrl-C stops everything.
        """
            .formatted(
                ca,
                meet,
                node.https(),
                other.https(),
                discover,
                node.http(),
                directory.operator(),
                pid(children, topology.members().getFirst().name()),
                pid(children, other.name()),
                pid(children, "coordinator"),
                directory.applying(),
                otherSource));
  }

  private static long pid(Children children, String name) {
    return children.all().stream()
        .filter(child -> child.name().equals(name))
        .findFirst()
        .orElseThrow()
        .pid();
  }

  private int failed(Children children, String message) {
    if (!children.isStopping()) {
      out.failed("demo: " + message);
    }
    return NOT_FINE;
  }

  private void stop(Children children) {
    if (children.all().isEmpty()) {
      return;
    }
    List<String> killed = children.stop();
    out.done(
        killed.isEmpty()
            ? "everything stopped"
            : "stopped; had to be killed: " + String.join(", ", killed));
  }

  /// Ctrl-C or SIGTERM: the way a demo that stays up ends, and well.
  private void interrupted(Children children) {
    if (children.all().isEmpty()) {
      return;
    }
    out.line("");
    stop(children);
    if (!check) {
      Runtime.getRuntime().halt(FINE);
    }
  }
}
