package io.portcullis.perf.demo;

import io.portcullis.farm.FarmCoordinator;
import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.perf.staging.LabAuthority;
import io.portcullis.perf.staging.ServerIdentity;
import io.portcullis.perf.staging.StagingPool;
import io.portcullis.proxy.ProxyNode;
import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// A whole farm on this machine: how each process is started, and what has to be waited for in between.
final class DemoFarm {

  /// Small enough for a laptop, large enough that nothing collects garbage all the time.
  private static final List<String> HEAP = List.of("-Xmx256m", "-XX:+UseSerialGC");

  /// For processes that do little: quick to start, no optimising compiler to compete for the two cores.
  private static final List<String> SHORT = List.of("-XX:TieredStopAtLevel=1");

  private static final long TOKEN_SECONDS = 600;
  private static final Duration ROLLOUT_LIMIT = Duration.ofSeconds(60);
  private static final long POLL_NANOS = 100_000_000;

  private final DemoDirectory directory;
  private final Topology topology;
  private final Children children;
  private final Progress progress;
  private final Map<String, List<String>> ownFlags;

  DemoFarm(DemoDirectory directory, Topology topology, Children children, Progress progress) {
    this(directory, topology, children, progress, Map.of());
  }

  /// @param ownFlags further JVM flags of single processes, by name
  DemoFarm(
      DemoDirectory directory,
      Topology topology,
      Children children,
      Progress progress,
      Map<String, List<String>> ownFlags) {
    this.ownFlags = ownFlags;
    this.directory = directory;
    this.topology = topology;
    this.children = children;
    this.progress = progress;
  }

  /// Brings everything up.
  ///
  /// @return the CA that the public certificate comes from
  LabAuthority start() throws DemoFailure, AdminException {
    LabAuthority poolCa = authority("pool", "pool-ca", "Contoso internal pool CA");
    Child coordinator = children.start(coordinator());
    List<Child> members = new ArrayList<>();
    for (Topology.Server member : topology.members()) {
      members.add(children.start(member(member)));
    }
    LabAuthority publicCa = authority("", "public-ca", "Portcullis demo public CA");
    writeFiles(publicCa);
    progress.done(
        "pool CA \"%s\", public CA and a certificate for %d names made"
            .formatted(
                poolCa.certificate().getSubjectX500Principal().getName(),
                Topology.publicNames().size()));
    coordinator.awaitLine("coordinator ready");
    progress.done(
        "coordinator ready, admin API 127.0.0.1:%d, ZooKeeper 127.0.0.1:%d (pid %d)"
            .formatted(topology.admin(), topology.zookeeper(), coordinator.pid()));
    try (AdminClient admin = AdminClient.open(directory.operator())) {
      for (Topology.Server node : topology.nodes()) {
        children.start(node(node, admin.createToken(new Wire.TokenRequest("node", TOKEN_SECONDS))));
      }
      progress.done("two one-time tokens made, two nodes started with them");
      for (int i = 0; i < members.size(); i++) {
        members.get(i).awaitLine("member ");
        progress.done(
            "%s answers on 127.0.0.1:%d (TLS) and :%d (pid %d)"
                .formatted(
                    members.get(i).name(),
                    topology.members().get(i).https(),
                    topology.members().get(i).http(),
                    members.get(i).pid()));
      }
      long revision = apply(admin);
      progress.done("farm.yaml applied as revision " + revision);
      awaitRevision(admin, revision);
      for (Topology.Server node : topology.nodes()) {
        progress.done(
            "%s serves revision %d on 127.0.0.1:%d (TLS) and :%d (pid %d)"
                .formatted(
                    node.name(), revision, node.https(), node.http(), child(node.name()).pid()));
      }
    }
    return publicCa;
  }

  private Child.Program coordinator() {
    return new Child.Program(
        "coordinator",
        directory.log("coordinator"),
        flags("coordinator", true),
        FarmCoordinator.class.getName(),
        List.of(
            "--state",
            directory.coordinator().toString(),
            "--farm",
            Topology.FARM,
            "--admin",
            "127.0.0.1:" + topology.admin(),
            "--zookeeper",
            "127.0.0.1:" + topology.zookeeper()));
  }

  private Child.Program member(Topology.Server member) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--dir",
                directory.pool().toString(),
                "--member",
                member.name() + "=" + member.https() + ":" + member.http()));
    for (String name : Topology.publicNames()) {
      arguments.addAll(List.of("--name", name));
    }
    return new Child.Program(
        member.name(),
        directory.log(member.name()),
        flags(member.name(), true),
        StagingPool.class.getName(),
        arguments);
  }

  private Child.Program node(Topology.Server node, Wire.TokenResponse token) {
    return new Child.Program(
        node.name(),
        directory.log(node.name()),
        flags(node.name(), false),
        ProxyNode.class.getName(),
        List.of(
            "run",
            "--state",
            directory.node(node.name()).toString(),
            "--name",
            node.name(),
            "--join",
            token.token(),
            "--drain-seconds",
            "5",
            "--listen",
            "https=127.0.0.1:" + node.https(),
            "--listen",
            "http=127.0.0.1:" + node.http()));
  }

  private List<String> flags(String process, boolean small) {
    List<String> flags = new ArrayList<>(HEAP);
    if (small) {
      flags.addAll(SHORT);
    }
    flags.addAll(ownFlags.getOrDefault(process, List.of()));
    return flags;
  }

  private LabAuthority authority(String subdirectory, String name, String commonName)
      throws DemoFailure {
    try {
      return LabAuthority.openOrCreate(directory.file(subdirectory), name, commonName);
    } catch (IOException | GeneralSecurityException e) {
      throw new DemoFailure("cannot make " + name + ".pem: " + e.getMessage(), e);
    }
  }

  private void writeFiles(LabAuthority publicCa) throws DemoFailure {
    writeCertificate(publicCa, Topology.publicNames());
    writeDocument(topology.document(directory.applying()));
  }

  /// A new certificate, to be published by the next `apply`.
  ServerIdentity writeCertificate(LabAuthority publicCa, List<String> names) throws DemoFailure {
    try {
      ServerIdentity identity = publicCa.issue(names);
      Files.writeString(directory.file("public.pem"), identity.chainPem());
      LabAuthority.writePrivate(directory.file("public.key"), identity.keyPem());
      return identity;
    } catch (IOException | GeneralSecurityException e) {
      throw new DemoFailure("cannot write into " + directory.path() + ": " + e.getMessage(), e);
    }
  }

  void writeDocument(String document) throws DemoFailure {
    try {
      Files.writeString(directory.document(), document);
    } catch (IOException e) {
      throw new DemoFailure("cannot write into " + directory.path() + ": " + e.getMessage(), e);
    }
  }

  long apply(AdminClient admin) throws DemoFailure, AdminException {
    Map<String, String> files;
    String document;
    try {
      document = Files.readString(directory.document());
      files =
          Map.of(
              "public.pem", Files.readString(directory.file("public.pem")),
              "public.key", Files.readString(directory.file("public.key")),
              "pool/pool-ca.pem", Files.readString(directory.file("pool/pool-ca.pem")));
    } catch (IOException e) {
      throw new DemoFailure("cannot read what was just written: " + e.getMessage(), e);
    }
    Wire.ApplyResponse response =
        admin.apply(new Wire.ApplyRequest(document, files, null, "farmctl demo"), false);
    if (!response.accepted()) {
      StringBuilder problems = new StringBuilder(directory.document() + " was refused:");
      response.problems().forEach(problem -> problems.append("\n  | ").append(problem));
      throw new DemoFailure(problems.toString());
    }
    return response.revision();
  }

  /// Until every node reports the revision applied; a node that rejects it says why.
  void awaitRevision(AdminClient admin, long revision) throws DemoFailure, AdminException {
    Instant deadline = Instant.now().plus(ROLLOUT_LIMIT);
    while (true) {
      children.requireAlive();
      List<Wire.NodeStatus> nodes = admin.status().nodes();
      for (Wire.NodeStatus node : nodes) {
        String rejected = node.rejected();
        if (rejected != null) {
          throw DemoFailure.of(node.id() + " rejects the revision: " + rejected, child(node.id()));
        }
      }
      long applied = nodes.stream().filter(node -> node.appliedRevision() >= revision).count();
      if (applied == topology.nodes().size()) {
        return;
      }
      if (Instant.now().isAfter(deadline)) {
        throw DemoFailure.of(
            "only %d of %d nodes report revision %d after %d s"
                .formatted(applied, topology.nodes().size(), revision, ROLLOUT_LIMIT.toSeconds()),
            child(topology.nodes().getLast().name()));
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  Child child(String name) throws DemoFailure {
    return children.all().stream()
        .filter(child -> child.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new DemoFailure("there is no process " + name));
  }
}
