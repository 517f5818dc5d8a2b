package io.portcullis.perf.demo;

import io.portcullis.farm.FarmCtl;
import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.verify.SignIn;
import io.portcullis.perf.load.Site;
import io.portcullis.perf.staging.LabAuthority;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The demo's farm for other commands: two nodes, two members, a coordinator, all real processes, and what may happen to
/// them. Used by one thread.
public final class LiveFarm implements AutoCloseable {

  /// A domain that the document does not publish until `publishDomain`.
  public static final String LATER_DOMAIN = "adatum.com";

  public static final String COORDINATOR = "coordinator";

  private static final String LATER_NAME = "lyncdiscover." + LATER_DOMAIN;

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final long POLL_MILLIS = 50;

  private final DemoDirectory directory;
  private final Topology topology;
  private final Children children;
  private final Thread hook;
  private final DemoFarm farm;
  private final LabAuthority publicCa;
  private final PublicClient client;
  private final AdminClient admin;
  private final Set<String> names = new LinkedHashSet<>(Topology.publicNames());

  private LiveFarm(Path wanted, Map<String, List<String>> ownFlags, Progress out)
      throws DemoFailure, AdminException, GeneralSecurityException {
    directory = DemoDirectory.take(wanted);
    topology = Topology.onFreePorts();
    children = new Children(directory.register());
    hook = new Thread(children::stop, "stop");
    Runtime.getRuntime().addShutdownHook(hook);
    farm = new DemoFarm(directory, topology, children, out, ownFlags);
    boolean up = false;
    try {
      publicCa = farm.start();
      client = new PublicClient(publicCa);
      admin = AdminClient.open(directory.operator());
      up = true;
    } finally {
      if (!up) {
        children.stop();
      }
    }
  }

  /// Starts everything and waits until it serves.
  ///
  /// @param directory made fresh
  public static LiveFarm start(Path directory)
      throws DemoFailure, AdminException, GeneralSecurityException {
    return new LiveFarm(directory, Map.of(), new Progress(false));
  }

  /// Some of the processes with JVM flags of their own; says what it does.
  ///
  /// @param ownFlags by name of the process
  public static LiveFarm start(Path directory, Map<String, List<String>> ownFlags)
      throws DemoFailure, AdminException, GeneralSecurityException {
    return new LiveFarm(directory, ownFlags, new Progress(Progress.wantsColour()));
  }

  /// Runs an operator's command to its end.
  ///
  /// @return what it said
  public String farmctl(List<String> jvmFlags, String... arguments) throws DemoFailure {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.addAll(List.of("--identity", directory.operator().toString()));
    Child child =
        new Child.Program(
                "farmctl", directory.log("farmctl"), jvmFlags, FarmCtl.class.getName(), command)
            .start();
    if (!child.awaitEnd(LIMIT) || child.exitCode() != 0) {
      throw DemoFailure.of("farmctl " + String.join(" ", arguments) + " failed", child);
    }
    return child.lastWords();
  }

  /// Both nodes, in the order of `nodes`, as clients see them.
  public Site site() {
    return Site.parse(
        "https://" + Topology.EXTERNAL,
        topology.nodes().stream()
            .map(node -> "127.0.0.1:" + node.https())
            .collect(Collectors.joining(",")),
        Topology.discoverNames().getFirst(),
        Topology.meetNames().getFirst());
  }

  /// One of the stand-in pool's users, who are no secret.
  public SignIn user() {
    return SignIn.of("CONTOSO\\alice", "Passw0rd!");
  }

  public Path trust() {
    return directory.file("public-ca.pem");
  }

  public List<String> nodes() {
    return topology.nodes().stream().map(Topology.Server::name).toList();
  }

  public List<String> members() {
    return topology.members().stream().map(Topology.Server::name).toList();
  }

  /// As a machine that loses power.
  public void kill(String process) throws DemoFailure {
    Child child = farm.child(process);
    child.kill();
    child.awaitEnd(STOP_LIMIT);
  }

  /// As its service is stopped.
  public void stop(String process) throws DemoFailure {
    stop(process, STOP_LIMIT);
  }

  /// @return whether it came to an end by itself
  public boolean stop(String process, Duration limit) throws DemoFailure {
    Child child = farm.child(process);
    child.terminate();
    return child.awaitEnd(limit);
  }

  /// With the arguments it had.
  public void startAgain(String process) throws DemoFailure {
    children.start(farm.child(process).program());
  }

  /// Publishes a new certificate for the same names.
  ///
  /// @return its serial number, once all nodes have applied the revision
  public String replaceCertificate() throws DemoFailure, AdminException {
    String serial =
        farm.writeCertificate(publicCa, List.copyOf(names)).leaf().getSerialNumber().toString(16);
    applyAndAwait();
    return serial;
  }

  /// Publishes `LATER_DOMAIN` with a certificate that carries it too, and waits until all nodes have applied it.
  ///
  /// @return the revision
  public long publishDomain() throws DemoFailure, AdminException {
    names.add(LATER_NAME);
    farm.writeCertificate(publicCa, List.copyOf(names));
    farm.writeDocument(
        topology
            .document(directory.applying())
            .replace("sipDomains: [", "sipDomains: [" + LATER_DOMAIN + ", "));
    return applyAndAwait();
  }

  private long applyAndAwait() throws DemoFailure, AdminException {
    long revision = farm.apply(admin);
    farm.awaitRevision(admin, revision);
    return revision;
  }

  /// No new sources for a member, from when every node says so.
  public void drain(String member) throws AdminException, InterruptedException, DemoFailure {
    admin.drain(new Wire.DrainRequest("member", poolName(member), 0));
    awaitStatus("drain " + member, node -> memberState(node, member).startsWith("draining"));
  }

  public void resume(String member) throws AdminException, InterruptedException, DemoFailure {
    admin.resume("member", poolName(member));
    awaitStatus("take back " + member, node -> memberState(node, member).equals("up"));
  }

  private static String poolName(String member) {
    return "pool01/" + member;
  }

  private static String memberState(Wire.NodeStatus node, String member) {
    return node.memberStates().getOrDefault(poolName(member), "");
  }

  /// Until the coordinator knows both nodes and finds them at its newest revision.
  public void awaitNodes() throws AdminException, InterruptedException, DemoFailure {
    farm.child(COORDINATOR).awaitLine("coordinator ready");
    awaitStatus("know both nodes", _ -> true);
  }

  private void awaitStatus(String what, Predicate<Wire.NodeStatus> wanted)
      throws AdminException, InterruptedException, DemoFailure {
    Instant deadline = Instant.now().plus(LIMIT);
    while (!status(wanted)) {
      if (Instant.now().isAfter(deadline)) {
        throw DemoFailure.of(
            "the farm did not " + what + " within " + LIMIT.toSeconds() + " s",
            farm.child(COORDINATOR));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private boolean status(Predicate<Wire.NodeStatus> wanted) throws AdminException {
    Wire.FarmStatus status = admin.status();
    return status.nodes().size() == topology.nodes().size()
        && status.nodes().stream()
            .allMatch(node -> node.appliedRevision() >= status.revision() && wanted.test(node));
  }

  /// Serial numbers of what each node shows a new connection.
  public List<String> servedSerials() throws IOException {
    List<String> serials = new ArrayList<>();
    for (Topology.Server node : topology.nodes()) {
      serials.add(
          client.certificate(node.https(), Topology.EXTERNAL).getSerialNumber().toString(16));
    }
    return serials;
  }

  /// What each node answers to autodiscovery of `LATER_DOMAIN`.
  public List<Integer> laterDomainAnswers() throws IOException {
    List<Integer> statuses = new ArrayList<>();
    for (Topology.Server node : topology.nodes()) {
      String name = LATER_NAME;
      String target = "/?sipuri=alice@" + LATER_DOMAIN;
      statuses.add(
          client
              .send(new PublicClient.Request("127.0.0.1", node.http(), null, name, target))
              .status());
    }
    return statuses;
  }

  /// The member that answers a source through a node; empty if none does.
  public String memberOf(String node, String source) {
    Topology.Server asked =
        topology.nodes().stream()
            .filter(server -> server.name().equals(node))
            .findFirst()
            .orElseThrow();
    try {
      PublicClient.Reply reply =
          client.send(
              new PublicClient.Request(
                  source, asked.https(), Topology.EXTERNAL, Topology.EXTERNAL, "/echo"));
      return reply.status() == 200 ? reply.header("x-staging-member") : "";
    } catch (IOException e) {
      return "";
    }
  }

  /// Until a node answers requests again.
  public void awaitServing(String node) throws InterruptedException, DemoFailure {
    Instant deadline = Instant.now().plus(LIMIT);
    while (memberOf(node, "127.0.0.1").isEmpty()) {
      if (Instant.now().isAfter(deadline)) {
        throw DemoFailure.of(
            node + " does not serve after " + LIMIT.toSeconds() + " s", farm.child(node));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  @Override
  public void close() {
    admin.close();
    children.stop();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The shutdown is what stops us.
    }
  }
}
