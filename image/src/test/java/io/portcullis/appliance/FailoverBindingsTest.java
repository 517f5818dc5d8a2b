package io.portcullis.appliance;

import static io.portcullis.appliance.Lan.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A farm of two nodes with a virtual address, a coordinator and a pool, each machine a namespace: what clients keep when the holder dies.
class FailoverBindingsTest {

  private static final String VIRTUAL = "192.0.2.101";
  private static final int SOURCES = 60;
  private static final int STRANGERS = 40;
  private static final int FIRST_SOURCE = 110;
  private static final String KEPT = "fe2.contoso.local";

  @TempDir private Path directory = Path.of("");

  @SuppressWarnings("NullAway.Init")
  private Lan lan;

  @SuppressWarnings("NullAway.Init")
  private Lan.Host farm;

  @SuppressWarnings("NullAway.Init")
  private Lan.Host client;

  private final Map<String, Lan.Host> nodes = new TreeMap<>();
  private final Map<String, Process> processes = new HashMap<>();

  @BeforeEach
  void network() throws Exception {
    lan = new Lan();
    farm = lan.host("farm", "192.0.2.5/24");
    client = lan.host("client", "192.0.2.50/24");
    for (int i = 0; i < SOURCES + STRANGERS; i++) {
      client.run("ip", "address", "add", source(i) + "/24", "dev", "eth0");
    }
    startPool();
    startCoordinator();
    startNode("one", "192.0.2.11");
    startNode("two", "192.0.2.12");
    publish();
  }

  @AfterEach
  void end() {
    lan.close();
  }

  private static String source(int number) {
    return "192.0.2." + (FIRST_SOURCE + number);
  }

  private static List<String> java(String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-cp",
            Path.of("target/portcullis/lib").toAbsolutePath() + "/*",
            main));
    command.addAll(List.of(arguments));
    return command;
  }

  private void startPool() throws IOException {
    Path configuration = directory.resolve("nginx.conf");
    Files.writeString(
        configuration,
        """
        daemon off;
        pid %1$s/nginx.pid;
        error_log %1$s/nginx.log;
        events {}
        http {
          access_log off;
          server { listen 192.0.2.5:8081; return 200 fe1.contoso.local; }
          server { listen 192.0.2.5:8082; return 200 fe2.contoso.local; }
        }
        """
            .formatted(directory));
    Process _ = farm.start(directory.resolve("pool.log"), "nginx", "-c", configuration.toString());
  }

  private void startCoordinator() throws Exception {
    Path log = directory.resolve("coordinator.log");
    Process _ =
        farm.start(
            log,
            java(
                    "io.portcullis.farm.FarmCoordinator",
                    "--state",
                    directory.resolve("coordinator").toString(),
                    "--farm",
                    "edge",
                    "--admin",
                    "192.0.2.5:9443",
                    "--zookeeper",
                    "192.0.2.5:2281",
                    "--quorum",
                    "192.0.2.5:2888",
                    "--advertise",
                    "192.0.2.5")
                .toArray(String[]::new));
    said(log, "coordinator ready");
  }

  private void startNode(String name, String address) throws Exception {
    String told = ctl("token", "create", "--role", "node");
    Matcher token = Pattern.compile("portcullis1\\.\\S+").matcher(told);
    assertThat(token.find()).as(told).isTrue();
    Lan.Host host = lan.host(name, address + "/24");
    nodes.put(name, host);
    Path log = directory.resolve(name + ".log");
    processes.put(
        name,
        host.start(
            log,
            java(
                    "io.portcullis.proxy.ProxyNode",
                    "run",
                    "--state",
                    directory.resolve(name).toString(),
                    "--name",
                    name,
                    "--join",
                    token.group())
                .toArray(String[]::new)));
  }

  private void publish() throws Exception {
    Path document =
        Files.writeString(
            directory.resolve("farm.yaml"),
            """
            farm: edge
            listeners:
              - {name: http, bind: "0.0.0.0:80"}
            pools:
              - name: pool01
                members:
                  - {host: fe1.contoso.local, address: 192.0.2.5, bridging: {http: 8081}}
                  - {host: fe2.contoso.local, address: 192.0.2.5, bridging: {http: 8082}}
            rules:
              - {name: web, listener: http, publicNames: ["*"], paths: [/], pool: pool01}
            virtualAddresses:
              - name: outside
                addresses: [%s/24]
                nodes: [{name: one, address: 192.0.2.11}, {name: two, address: 192.0.2.12}]
            """
                .formatted(VIRTUAL));
    ctl("apply", document.toString());
    for (Map.Entry<String, Lan.Host> node : nodes.entrySet()) {
      Path plan = directory.resolve(node.getKey()).resolve("virtual-addresses");
      eventually(
          node.getKey() + " knows its part",
          () -> Files.exists(plan) && Files.readString(plan).contains("address " + VIRTUAL));
      VirtualRouter.start(
          node.getValue(),
          Keepalived.of(VirtualPlan.read(Files.readString(plan)), _ -> "eth0", "/mnt/ready"),
          directory.resolve(node.getKey() + "-keepalived.log"));
    }
    eventually("somebody holds the address", () -> !holder().isEmpty());
  }

  private static void said(Path log, String what) throws Exception {
    eventually(
        what + " in " + log, () -> Files.exists(log) && Files.readString(log).contains(what));
  }

  private String ctl(String... arguments) throws Exception {
    List<String> command = java("io.portcullis.farm.FarmCtl", arguments);
    command.addAll(List.of("--identity", directory.resolve("coordinator/operator.pem").toString()));
    return farm.run(command.toArray(String[]::new));
  }

  private String holder() throws Exception {
    for (Map.Entry<String, Lan.Host> node : nodes.entrySet()) {
      if (node.getValue().has(VIRTUAL + "/24")) {
        return node.getKey();
      }
    }
    return "";
  }

  /// What a source gets through the virtual address; empty while nobody answers.
  private String ask(int source) throws IOException, InterruptedException {
    return client.run(
        "sh",
        "-c",
        "curl -sf --max-time 2 --interface " + source(source) + " http://" + VIRTUAL + "/ || true");
  }

  /// What answers in the end, however late the first answer of a fresh node is.
  private String answered(int source) throws Exception {
    String[] answer = {""};
    eventually(
        "an answer for " + source(source),
        () -> {
          answer[0] = ask(source);
          return !answer[0].isEmpty();
        });
    return answer[0];
  }

  private void awaitMetric(String name, String line) throws Exception {
    Lan.Host node = Objects.requireNonNull(nodes.get(name));
    eventually(
        name + " counts " + line,
        () ->
            node.run("curl", "-sf", "http://127.0.0.1:9470/metrics")
                .lines()
                .anyMatch(line::equals));
  }

  private void awaitMetric(String line) throws Exception {
    for (String name : nodes.keySet()) {
      awaitMetric(name, line);
    }
  }

  /// A source that nobody knows goes where its hash says, on any node. So they are sent elsewhere first: while one member drains, all
  /// go to the other, and only the shared table remembers that.
  @Test
  void everySourceKeepsItsMemberWhenTheHolderDies() throws Exception {
    String draining = "portcullis_member_draining{pool=\"pool01\",member=\"fe1.contoso.local\",} ";
    ctl("member", "drain", "pool01/fe1.contoso.local");
    awaitMetric(draining + "1.0");
    for (int i = 0; i < SOURCES; i++) {
      assertThat(answered(i)).isEqualTo(KEPT);
    }
    awaitMetric("portcullis_bindings " + SOURCES + ".0");
    ctl("member", "resume", "pool01/fe1.contoso.local");
    awaitMetric(draining + "0.0");

    String before = holder();
    String after = before.equals("one") ? "two" : "one";
    Objects.requireNonNull(processes.get(before)).destroyForcibly().waitFor();
    eventually("the other node holds the address", () -> holder().equals(after));

    List<String> lost = new ArrayList<>();
    for (int i = 0; i < SOURCES; i++) {
      if (!answered(i).equals(KEPT)) {
        lost.add(source(i));
      }
    }
    assertThat(lost).as("bindings lost").isEmpty();
    Map<String, Integer> strangers = new TreeMap<>();
    for (int i = SOURCES; i < SOURCES + STRANGERS; i++) {
      strangers.merge(answered(i), 1, Integer::sum);
    }
    assertThat(strangers).as("new sources").containsOnlyKeys("fe1.contoso.local", KEPT);
  }
}
