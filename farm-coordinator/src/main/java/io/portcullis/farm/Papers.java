package io.portcullis.farm;

import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.FarmKey;
import io.portcullis.farm.identity.FarmKeys;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.server.StartFailed;
import io.portcullis.farm.store.AuthorityPlan;
import io.portcullis.farm.store.Coordinators;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Nodes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The coordinator's own identity and its first operator's: made at the first start, kept right at every other.
final class Papers {
  private static final Logger LOG = LoggerFactory.getLogger(Papers.class);

  private static final String COORDINATOR = "coordinator-1";
  private static final String OPERATOR = "operator-1";
  static final String OPERATOR_FILE = "operator.pem";

  private final Path state;
  private final FarmAuthority authority;
  private final CoordinatorOptions options;
  private final InstantSource clock;

  Papers(Path state, FarmAuthority authority, CoordinatorOptions options, InstantSource clock) {
    this.state = state;
    this.authority = authority;
    this.options = options;
    this.clock = clock;
  }

  /// Where ZooKeeper listens. With port 0 the port of the first start is kept: nodes remember it.
  ///
  /// @param joins whether what is known of ZooKeeper is where the others are
  InetSocketAddress zookeeperAddress(boolean joins) throws IOException, StartFailed {
    InetSocketAddress wish = options.zookeeper();
    if (wish.getPort() != 0) {
      return wish;
    }
    Optional<FarmHome> home = FarmHome.read(state);
    if (home.isPresent() && !joins) {
      String known = home.get().zookeeper().split(",")[0];
      int port = Integer.parseInt(known.substring(known.lastIndexOf(':') + 1));
      return new InetSocketAddress(wish.getAddress(), port);
    }
    return AdminPort.resolve(wish, "ZooKeeper clients", "--zookeeper");
  }

  /// The coordinator's identity for the hosts it is reached by, re-issued when those change or half of its time is over.
  ///
  /// @param joins whether what is known of ZooKeeper is where the others are
  FarmHome coordinator(InetSocketAddress zookeeper, boolean joins)
      throws IOException, GeneralSecurityException {
    String own = CoordinatorOptions.hostPort(local(zookeeper.getAddress()), zookeeper.getPort());
    Optional<FarmHome> present = FarmHome.read(state);
    Set<String> all = new LinkedHashSet<>(List.of(own));
    if (present.isPresent()) {
      List<String> known = List.of(present.get().zookeeper().split(","));
      all.addAll(joins ? known : known.subList(1, known.size()));
    }
    return home(hosts(zookeeper.getAddress()), own, String.join(",", all));
  }

  /// The same where others run the ensemble.
  ///
  /// @param connect where that is
  FarmHome guest(String connect, String admin) throws IOException, GeneralSecurityException {
    return home(hosts(options.admin().getAddress()), admin, connect);
  }

  private FarmHome home(List<String> hosts, String own, String connect)
      throws IOException, GeneralSecurityException {
    Optional<FarmHome> present = FarmHome.read(state);
    String id = present.isPresent() ? present.get().identity().id() : COORDINATOR;
    FarmKeys keys = present.isPresent() ? present.get().keys() : FarmKeys.of(firstKey());
    boolean keep = present.isPresent() && isGood(present.get().identity().certificate(), hosts);
    IdentityFile identity =
        keep
            ? present.orElseThrow().identity()
            : authority.identity(Role.COORDINATOR, id, hosts, List.of(own));
    FarmHome home = new FarmHome(state, identity, keys, connect);
    home.write();
    return home;
  }

  /// A restored farm has its key already.
  private FarmKey firstKey() throws IOException {
    Path file = state.resolve(FarmHome.KEY);
    return Files.exists(file) ? FarmKey.read(file) : FarmKey.generate();
  }

  /// Another identity of the CA that signs now, for the hosts that the present one names.
  IdentityFile reissued(IdentityFile present) throws GeneralSecurityException {
    return authority.identity(
        Role.COORDINATOR,
        present.id(),
        List.copyOf(named(present.certificate())),
        present.coordinators());
  }

  /// Has the operator's identity file follow the farm to another CA.
  void operatorFollows(FarmStore store) throws IOException, GeneralSecurityException {
    Path file = state.resolve(OPERATOR_FILE);
    if (!Files.exists(file)) {
      return;
    }
    IdentityFile present = IdentityFile.read(file);
    String trusted = authority.trustedPem();
    if (present.caPem().equals(trusted) && present.isIssuedBy(authority.certificatePem())) {
      return;
    }
    Role role = Role.ADMINISTRATOR;
    IdentityFile made = authority.identity(role, present.id(), List.of(), present.coordinators());
    present.renewed(made.keyPem(), made.certificatePem()).trusting(trusted).write(file);
    AuthorityPlan plan = store.authorities().read();
    if (plan.stage() == AuthorityPlan.Stage.RENEWING) {
      store.authorities().renewed(role.word() + "/" + present.id(), plan.generation());
    }
  }

  private boolean isGood(X509Certificate certificate, List<String> hosts)
      throws GeneralSecurityException {
    Instant half =
        certificate.getNotAfter().toInstant().minus(Role.COORDINATOR.validity().dividedBy(2));
    return clock.instant().isBefore(half) && named(certificate).equals(new TreeSet<>(hosts));
  }

  private static Set<String> named(X509Certificate certificate) throws GeneralSecurityException {
    Set<String> named = new TreeSet<>();
    if (certificate.getSubjectAlternativeNames() != null) {
      certificate.getSubjectAlternativeNames().forEach(name -> named.add(name.get(1).toString()));
    }
    return named;
  }

  private List<String> hosts(InetAddress bind) {
    Set<String> hosts = new TreeSet<>(List.of(options.advertise(), "localhost", "127.0.0.1"));
    if (!bind.isAnyLocalAddress()) {
      hosts.add(bind.getHostAddress());
    }
    // Other members verify whom they talk to by address, both ways.
    try {
      for (InetAddress address : InetAddress.getAllByName(options.advertise())) {
        hosts.add(address.getHostAddress());
      }
    } catch (UnknownHostException e) {
      LOG.warn(
          "{} does not resolve here; other coordinators will not trust this one until it does",
          options.advertise());
    }
    return new ArrayList<>(hosts);
  }

  private static String local(InetAddress bind) {
    return bind.isAnyLocalAddress() ? "127.0.0.1" : bind.getHostAddress();
  }

  /// The operator's identity file, with the addresses where the admin API is now, this coordinator's own first.
  Path operator(FarmStore store, String adminAddress, String coordinator)
      throws IOException, GeneralSecurityException {
    Path file = state.resolve(OPERATOR_FILE);
    String id = coordinator.equals(COORDINATOR) ? OPERATOR : "operator-" + coordinator;
    if (!Files.exists(file) || !isAdministrator(store, IdentityFile.read(file))) {
      Role role = Role.ADMINISTRATOR;
      authority.identity(role, id, List.of(), List.of(adminAddress)).write(file);
      boolean _ =
          store.nodes().register(new Nodes.Member(id, role.word(), clock.instant().toString()));
    }
    addresses(adminAddress, store.coordinators().read());
    return file;
  }

  /// Whether the file is still good for what it is for: it was written by this release, and nobody revoked it.
  private static boolean isAdministrator(FarmStore store, IdentityFile identity)
      throws IOException, GeneralSecurityException {
    X509Certificate leaf = identity.certificate();
    String role = IdentityFile.roleOf(leaf);
    return role.equals(Role.ADMINISTRATOR.word())
        && !store
            .revocations()
            .read()
            .covers(role + "/" + identity.id(), IdentityFile.issuedAt(leaf));
  }

  /// Keeps the addresses in the operator's identity file right.
  void addresses(String adminAddress, Coordinators known) throws IOException {
    Path file = state.resolve(OPERATOR_FILE);
    Set<String> all = new LinkedHashSet<>(List.of(adminAddress));
    all.addAll(known.admin());
    IdentityFile present = IdentityFile.read(file);
    if (!present.coordinators().equals(List.copyOf(all))) {
      present.at(List.copyOf(all)).write(file);
    }
  }
}
