package io.portcullis.farm;

import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.FarmKey;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.server.StartFailed;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Nodes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The coordinator's own identity and its first operator's: made at the first start, kept right at every other.
final class Papers {
  private static final String COORDINATOR = "coordinator-1";
  private static final String OPERATOR = "operator-1";

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
  InetSocketAddress zookeeperAddress() throws IOException, StartFailed {
    InetSocketAddress wish = options.zookeeper();
    if (wish.getPort() != 0) {
      return wish;
    }
    Optional<FarmHome> home = FarmHome.read(state);
    if (home.isPresent()) {
      String known = home.get().zookeeper();
      int port = Integer.parseInt(known.substring(known.lastIndexOf(':') + 1));
      return new InetSocketAddress(wish.getAddress(), port);
    }
    return AdminPort.resolve(wish);
  }

  /// The coordinator's identity for the hosts it is reached by, re-issued when those change or half of its time is over.
  FarmHome coordinator(InetSocketAddress zookeeper) throws IOException, GeneralSecurityException {
    List<String> hosts = hosts(zookeeper.getAddress());
    String connect =
        CoordinatorOptions.hostPort(local(zookeeper.getAddress()), zookeeper.getPort());
    Optional<FarmHome> present = FarmHome.read(state);
    FarmKey key = present.isPresent() ? present.get().key() : FarmKey.generate();
    boolean keep = present.isPresent() && isGood(present.get().identity().certificate(), hosts);
    IdentityFile identity =
        keep
            ? present.orElseThrow().identity()
            : authority.identity(Role.COORDINATOR, COORDINATOR, hosts, List.of(connect));
    FarmHome home = new FarmHome(state, identity, key, connect);
    home.write();
    return home;
  }

  private boolean isGood(X509Certificate certificate, List<String> hosts)
      throws GeneralSecurityException {
    Instant half =
        certificate.getNotAfter().toInstant().minus(Role.COORDINATOR.validity().dividedBy(2));
    Set<String> named = new TreeSet<>();
    if (certificate.getSubjectAlternativeNames() != null) {
      certificate.getSubjectAlternativeNames().forEach(name -> named.add(name.get(1).toString()));
    }
    return clock.instant().isBefore(half) && named.equals(new TreeSet<>(hosts));
  }

  private List<String> hosts(InetAddress bind) {
    Set<String> hosts = new TreeSet<>(List.of(options.advertise(), "localhost", "127.0.0.1"));
    if (!bind.isAnyLocalAddress()) {
      hosts.add(bind.getHostAddress());
    }
    return new ArrayList<>(hosts);
  }

  private static String local(InetAddress bind) {
    return bind.isAnyLocalAddress() ? "127.0.0.1" : bind.getHostAddress();
  }

  /// The operator's identity file, with the address where the admin API is now.
  Path operator(FarmStore store, String adminAddress) throws IOException, GeneralSecurityException {
    Path file = state.resolve("operator.pem");
    List<String> coordinators = List.of(adminAddress);
    if (!Files.exists(file)) {
      authority.identity(Role.OPERATOR, OPERATOR, List.of(), coordinators).write(file);
      store
          .nodes()
          .register(new Nodes.Member(OPERATOR, Role.OPERATOR.word(), clock.instant().toString()));
      return file;
    }
    IdentityFile present = IdentityFile.read(file);
    if (!present.coordinators().equals(coordinators)) {
      new IdentityFile(
              present.farm(),
              present.id(),
              coordinators,
              present.keyPem(),
              present.certificatePem(),
              present.caPem())
          .write(file);
    }
    return file;
  }
}
