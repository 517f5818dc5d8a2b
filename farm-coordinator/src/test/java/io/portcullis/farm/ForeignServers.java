package io.portcullis.farm;

import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.server.FreePort;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// An ensemble that others run: ZooKeeper's own server, in processes of its own, from a `zoo.cfg` as an operator writes it, with certificates
/// of a CA of their own.
final class ForeignServers implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final int QUORUM = 0;
  private static final int ELECTION = 1;
  private static final int CLIENTS = 2;

  private final Path directory;
  private final boolean provider;
  private final List<List<Integer>> ports = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();

  private ForeignServers(Path directory, int servers, boolean provider, List<String> farms)
      throws IOException, GeneralSecurityException {
    this.directory = Files.createDirectories(directory);
    this.provider = provider;
    List<Integer> free = FreePort.some(servers * 3);
    for (int server = 0; server < servers; server++) {
      ports.add(free.subList(server * 3, server * 3 + 3));
    }
    FarmAuthority theirs =
        FarmAuthority.open(directory.resolve("ca"), "directory-services", InstantSource.system());
    Files.writeString(ca(), theirs.certificatePem());
    Files.writeString(trust(), theirs.certificatePem() + String.join("", farms));
    for (int server = 0; server < servers; server++) {
      IdentityFile pair =
          theirs.identity(Role.COORDINATOR, "zk" + server, List.of("127.0.0.1"), List.of("none"));
      Files.writeString(file(server, "pem"), pair.keyPem() + pair.certificatePem());
      Files.createDirectories(file(server, "data"));
      Files.writeString(file(server, "data").resolve("myid"), server + 1 + "\n");
      Files.writeString(file(server, "cfg"), configuration(server));
      processes.add(run(server));
    }
  }

  /// @param provider whether their operators have installed ours
  /// @param farms CAs whose certificates they take, PEM
  static ForeignServers start(Path directory, int servers, boolean provider, String... farms)
      throws Exception {
    ForeignServers started = new ForeignServers(directory, servers, provider, List.of(farms));
    Bench.eventually(() -> {
      for (List<Integer> server : started.ports) {
        if (!answers(server.get(CLIENTS))) {
          return false;
        }
      }
      return true;
    });
    return started;
  }

  private static boolean answers(int port) {
    try (Socket socket = new Socket(LOOPBACK, port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private String configuration(int server) {
    String members =
        IntStream.range(0, ports.size())
            .mapToObj(one ->
                "server.%d=127.0.0.1:%d:%d"
                    .formatted(one + 1, ports.get(one).get(QUORUM), ports.get(one).get(ELECTION)))
            .collect(Collectors.joining("\n"));
    return """
    tickTime=1000
    initLimit=20
    syncLimit=10
    dataDir=%s
    secureClientPort=%d
    secureClientPortAddress=127.0.0.1
    serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory
    ssl.keyStore.location=%s
    ssl.keyStore.type=PEM
    ssl.trustStore.location=%s
    ssl.trustStore.type=PEM
    ssl.clientAuth=need
    authProvider.x509=org.apache.zookeeper.server.auth.X509AuthenticationProvider
    %s
    admin.enableServer=false
    standaloneEnabled=false
    %s
    """
        .formatted(
            file(server, "data"),
            ports.get(server).get(CLIENTS),
            file(server, "pem"),
            trust(),
            provider ? "authProvider.portcullis=io.portcullis.zookeeper.FarmDoor" : "",
            members);
  }

  private Process run(int server) throws IOException {
    String installed =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(part -> provider || !part.contains("zookeeper-provider"))
            .filter(part -> !part.contains("farm-coordinator" + File.separator + "target"))
            .collect(Collectors.joining(File.pathSeparator));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                installed,
                "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                file(server, "cfg").toString())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(file(server, "log").toFile()))
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return process;
  }

  private Path file(int server, String kind) {
    return directory.resolve("zk%d.%s".formatted(server, kind));
  }

  /// Whose certificates their servers show.
  Path ca() {
    return directory.resolve("their-ca.pem");
  }

  private Path trust() {
    return directory.resolve("trust.pem");
  }

  /// @param chroot with a slash
  String connect(String chroot) {
    return ports.stream()
        .map(server -> "127.0.0.1:" + server.get(CLIENTS))
        .collect(Collectors.joining(",", "", chroot));
  }

  void kill(int server) throws InterruptedException {
    int _ = processes.get(server).destroyForcibly().waitFor();
  }

  void startAgain(int server) throws IOException {
    processes.set(server, run(server));
  }

  String log(int server) throws IOException {
    return Files.readString(file(server, "log"));
  }

  @Override
  public void close() {
    for (Process process : processes) {
      try {
        int _ = process.destroyForcibly().waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
