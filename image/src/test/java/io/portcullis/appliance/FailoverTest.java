package io.portcullis.appliance;

import static io.portcullis.appliance.Lan.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two nodes with real keepalived and our firewall, on a network of namespaces.
class FailoverTest {

  private static final String FIRST = "192.0.2.101/24";
  private static final String SECOND = "192.0.2.102/24";

  @TempDir private Path directory = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private Lan lan;

  @SuppressWarnings("NullAway.Init")
  private Lan.Host one;

  @SuppressWarnings("NullAway.Init")
  private Lan.Host two;

  @BeforeEach
  void twoNodes() throws Exception {
    lan = new Lan();
    one = node("one", "192.0.2.11", "192.0.2.12", 250, 150);
    two = node("two", "192.0.2.12", "192.0.2.11", 150, 250);
    eventually(
        "each node holds one address",
        () -> one.has(FIRST) && two.has(SECOND) && !one.has(SECOND) && !two.has(FIRST));
  }

  @AfterEach
  void end() {
    lan.close();
  }

  private Lan.Host node(String name, String own, String peer, int first, int second)
      throws IOException, InterruptedException {
    Lan.Host host = lan.host(name, own + "/24");
    Path log = web(host, name);
    String plan =
        """
        # The virtual addresses that this node may hold, each with router, priority, own address, peers.
        node %s
        address %s router 57 priority %d own %s peers %s
        address %s router 58 priority %d own %s peers %s
        """
            .formatted(name, FIRST, first, own, peer, SECOND, second, own, peer);
    keepalived(host, plan, log);
    return host;
  }

  /// Answers on `/readyz` as long as the file is there.
  private Path web(Lan.Host host, String name) throws IOException {
    Path pages = Files.createDirectory(directory.resolve(name));
    Files.writeString(pages.resolve("readyz"), "ready\n");
    Path log = directory.resolve(name + ".log");
    Process _ =
        host.start(
            log,
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-m",
            "jdk.httpserver",
            "-b",
            "127.0.0.1",
            "-p",
            "9470",
            "-d",
            pages.toAbsolutePath().toString());
    return log;
  }

  private void keepalived(Lan.Host host, String plan, Path log)
      throws IOException, InterruptedException {
    Keepalived rendered = Keepalived.of(VirtualPlan.read(plan), _ -> "eth0", "/mnt/ready");
    Path firewall =
        Files.writeString(
            log.resolveSibling(log.getFileName() + ".nft"),
            Firewall.closed() + rendered.firewall());
    host.run("nft", "-f", firewall.toString());
    VirtualRouter.start(host, rendered, log);
  }

  @Test
  void aNodeThatIsNotReadyGivesItsAddressToTheOther() throws Exception {
    Files.delete(directory.resolve("one/readyz"));
    eventually("two holds both", () -> two.has(FIRST) && two.has(SECOND) && !one.has(FIRST));
  }

  @Test
  void aMachineThatIsCutOffLosesItsAddressesAndGetsThemBack() throws Exception {
    lan.unplug(one);
    eventually("two holds both", () -> two.has(FIRST) && two.has(SECOND));
    lan.plug(one);
    eventually(
        "each node holds its own again",
        () -> one.has(FIRST) && !two.has(FIRST) && two.has(SECOND) && !one.has(SECOND));
  }

  @Test
  void neighboursWithAnOldEntryHearOfTheHolderWithoutAsking() throws Exception {
    Lan.Host client = lan.host("client", "192.0.2.50/24");
    client.run(
        "ip",
        "neigh",
        "replace",
        "192.0.2.101",
        "lladdr",
        "02:00:00:00:00:99",
        "nud",
        "stale",
        "dev",
        "eth0");
    eventually("the client knows one", () -> neighbour(client).contains(one.mac()));
    Files.delete(directory.resolve("one/readyz"));
    eventually("the client knows two", () -> neighbour(client).contains(two.mac()));
  }

  private static String neighbour(Lan.Host client) throws IOException, InterruptedException {
    return client.run("ip", "neigh", "show", "192.0.2.101");
  }

  @Test
  void aStrangerWithAHigherPriorityIsNotListenedTo() throws Exception {
    Lan.Host stranger = lan.host("stranger", "192.0.2.66/24");
    Path log = web(stranger, "stranger");
    keepalived(
        stranger,
        "node stranger\naddress %s router 57 priority 254 own 192.0.2.66 peers 192.0.2.11,192.0.2.12\n"
            .formatted(FIRST),
        log);
    eventually("the stranger takes itself for the holder", () -> stranger.has(FIRST));
    eventually("its adverts came", () -> dropped(one) > 10);
    assertThat(one.has(FIRST)).isTrue();
  }

  /// VRRP that the firewall let nobody have.
  private static int dropped(Lan.Host host) throws IOException, InterruptedException {
    String rules = host.run("nft", "list", "chain", "inet", "portcullis", "input");
    return rules
        .lines()
        .filter(line -> line.contains("counter") && line.contains("drop"))
        .map(line -> line.replaceAll(".*packets ([0-9]+).*", "$1"))
        .mapToInt(Integer::parseInt)
        .sum();
  }
}
