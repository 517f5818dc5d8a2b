package io.portcullis.farm;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.FarmKey;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.server.StartFailed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// A real coordinator with a real ZooKeeper behind TLS, on free ports of the loopback, with a clock that tests move.
final class Bench implements AutoCloseable {
  static final String FARM = "contoso-edge";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final Path directory;
  final MovableClock clock = new MovableClock();

  /// What the coordinator is told its disk has left.
  final AtomicLong freeBytes = new AtomicLong(1L << 30);

  private Coordinator coordinator;

  private Bench(Path directory) throws StartFailed {
    this.directory = directory;
    coordinator = start(directory.resolve("coordinator"), 0, 0);
  }

  static Bench start(Path directory) throws StartFailed {
    return new Bench(directory);
  }

  Coordinator start(Path state, int adminPort, int zookeeperPort) throws StartFailed {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    return Coordinator.start(
        new CoordinatorOptions(
            state,
            FARM,
            new InetSocketAddress(loopback, adminPort),
            new InetSocketAddress(loopback, zookeeperPort),
            "127.0.0.1"),
        clock,
        freeBytes::get,
        _ -> {});
  }

  void stop() {
    coordinator.close();
  }

  void startAgain() throws StartFailed {
    coordinator = start(state(), 0, 0);
  }

  Path state() {
    return directory.resolve("coordinator");
  }

  String adminAddress() {
    return coordinator.adminAddress();
  }

  AdminClient operator() throws AdminException {
    return AdminClient.open(coordinator.operatorPem());
  }

  String token(String role) throws AdminException {
    return token(role, Duration.ofHours(1));
  }

  String token(String role, Duration valid) throws AdminException {
    try (AdminClient operator = operator()) {
      return operator.createToken(new Wire.TokenRequest(role, valid.toSeconds())).token();
    }
  }

  /// The coordinator's own home: where ZooKeeper is, and the farm key.
  FarmHome home() throws IOException {
    return FarmHome.read(state()).orElseThrow();
  }

  /// A home that this farm's authority would never hand out: any role, with the farm's key and ZooKeeper's address.
  FarmHome homeOf(Role role, String id) throws IOException, GeneralSecurityException {
    FarmAuthority ours = FarmAuthority.open(state().resolve("authority"), FARM, clock);
    return write(ours.identity(role, id, List.of("127.0.0.1"), List.of(adminAddress())), id);
  }

  /// A home whose certificate another farm of the same name issued, which trusts this farm.
  FarmHome foreignHome(String id) throws IOException, GeneralSecurityException {
    FarmAuthority theirs = FarmAuthority.open(directory.resolve("foreign"), FARM, clock);
    IdentityFile identity = theirs.identity(Role.NODE, id, List.of(), List.of(adminAddress()));
    return write(
        new IdentityFile(
            FARM,
            id,
            identity.coordinators(),
            identity.keyPem(),
            identity.certificatePem(),
            home().identity().caPem()),
        id);
  }

  private FarmHome write(IdentityFile identity, String id) throws IOException {
    FarmKey key = home().key();
    FarmHome home =
        new FarmHome(directory.resolve("home-" + id), identity, key, home().zookeeper());
    home.write();
    return home;
  }

  /// A certificate for `names` with its key, and the CA that signed it, as files a document may name.
  Map<String, String> files(String... names) throws IOException, GeneralSecurityException {
    return files(directory, clock, names);
  }

  static Map<String, String> files(Path directory, InstantSource clock, String... names)
      throws IOException, GeneralSecurityException {
    FarmAuthority authority = FarmAuthority.open(directory.resolve("public-ca"), "public", clock);
    IdentityFile pair = authority.identity(Role.COORDINATOR, "web", List.of(names), List.of());
    return Map.of(
        "contoso.pem", pair.certificatePem() + authority.certificatePem(),
        "contoso.key", pair.keyPem(),
        "root.pem", authority.certificatePem());
  }

  /// @param weight anything to tell two documents apart by
  static String document(int weight) {
    return """
    farm: contoso-edge
    listeners:
      - {name: https, bind: "0.0.0.0:443", tls: {certificates: [contoso]}}
    certificates:
      - {name: contoso, chainFile: contoso.pem, keyFile: contoso.key}
    pools:
      - name: pool01
        members: [{host: fe1.contoso.local, weight: %d}]
        bridging: {https: 4443, http: 8080}
        tls: {serverName: pool01.contoso.local, trustFile: root.pem}
    rules:
      - {name: web, listener: https, publicNames: [webext01.contoso.com], paths: [/], pool: pool01}
    """
        .formatted(weight);
  }

  static void eventually(Callable<Boolean> fact) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!fact.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + PATIENCE);
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  /// Whether any file below `root` contains `bytes`.
  static boolean holds(Path root, byte[] bytes) throws IOException {
    String needle = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    try (var files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1).contains(needle)) {
          return true;
        }
      }
      return false;
    }
  }

  @Override
  public void close() {
    coordinator.close();
  }

  /// Runs with the world's clock, plus what tests add.
  static final class MovableClock implements InstantSource {
    private volatile Duration ahead = Duration.ZERO;

    void advance(Duration step) {
      ahead = ahead.plus(step);
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead);
    }
  }
}
