package io.portcullis.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplianceTest {

  private static final String FIRST =
      """
      #portcullis
      role first
      farm contoso-edge
      name edge-1
      external 192.0.2.10/24 gateway 192.0.2.1
      internal 10.0.0.10/24
      route 10.1.0.0/16 via 10.0.0.1
      host 10.1.0.12 fe2.contoso.local
      """;

  @TempDir private Path directory = Path.of("");
  private Path cards = Path.of("");
  private Path run = Path.of("");

  @BeforeEach
  void twoCards() throws IOException {
    cards = directory.resolve("net");
    run = directory.resolve("run");
    card("lo", "00:00:00:00:00:00", false);
    card("ens160", "52:54:00:00:00:02", true);
    card("ens33", "52:54:00:00:00:01", true);
  }

  @Test
  void eachSideGetsItsCardItsAddressAndOnlyTheOutsideADefaultRoute() throws IOException {
    assertThat(render(FIRST)).isZero();
    assertThat(rendered("systemd/network/10-external.network"))
        .contains("Name=ens33\n", "Address=192.0.2.10/24\n", "Gateway=192.0.2.1\n");
    assertThat(rendered("systemd/network/20-internal.network"))
        .contains(
            "Name=ens160\n", "Address=10.0.0.10/24\n", "Destination=10.1.0.0/16\nGateway=10.0.0.1")
        .doesNotContain("192.0.2.1\n");
    assertThat(rendered("portcullis/hosts")).contains("10.1.0.12 fe2.contoso.local\n");
    assertThat(rendered("portcullis/coordinator.env"))
        .isEqualTo("FARM=contoso-edge\nINSIDE=10.0.0.10\n");
  }

  @Test
  void theFirewallOpensEachPortOnItsSideOnly() throws IOException {
    assertThat(render(FIRST)).isZero();
    assertThat(rendered("portcullis/nftables.conf"))
        .contains(
            "policy drop;",
            "meta l4proto 112 ip saddr @vrrp4 accept\n    meta l4proto 112 ip6 saddr @vrrp6 accept\n    meta l4proto 112 counter drop\n",
            "iifname \"ens33\" tcp dport { 80, 443 } accept",
            "iifname \"ens160\" tcp dport { 2281, 2282, 2283, 9443 } accept")
        .doesNotContain("dport 22 ");
  }

  @Test
  void anUnconfiguredMachineLetsNothingIn() throws IOException {
    assertThat(Appliance.run(List.of("render", "--into", run.toString()), cards)).isZero();
    assertThat(rendered("portcullis/nftables.conf")).doesNotContain("tcp dport");
    assertThat(rendered("systemd/network/30-any.network")).contains("DHCP=ipv4");
    assertThat(run.resolve("portcullis/node.env")).doesNotExist();
  }

  @Test
  void wrongSettingsChangeNothing() throws IOException {
    assertThat(render(FIRST)).isZero();
    SortedMap<String, String> before = all();
    assertThat(render(FIRST + "internal 10.0.0.11/24\nroll first\n")).isOne();
    assertThat(all()).isEqualTo(before);
  }

  @Test
  void anotherRenderingLeavesNothingOfTheFormer() throws IOException {
    assertThat(render(FIRST)).isZero();
    assertThat(Appliance.run(List.of("render", "--into", run.toString()), cards)).isZero();
    assertThat(all().keySet())
        .containsExactly(
            "portcullis/hostname",
            "portcullis/hosts",
            "portcullis/nftables.conf",
            "systemd/network/30-any.network");
  }

  @Test
  void aCardThatIsNotThereIsAProblem() throws IOException {
    assertThat(render(FIRST.replace("internal 10.0.0.10/24", "internal 10.0.0.10/24 card ens99")))
        .isOne();
    assertThat(render(FIRST.replace("internal 10.0.0.10/24", "internal 10.0.0.10/24 card ens33")))
        .isOne();
    assertThat(run).doesNotExist();
  }

  @Test
  void aCardCanBeNamedByItsMac() throws IOException {
    assertThat(
            render(
                FIRST
                    .replace("192.0.2.1\n", "192.0.2.1 card 52:54:00:00:00:02\n")
                    .replace("internal 10.0.0.10/24", "internal 10.0.0.10/24 card ens33")))
        .isZero();
    assertThat(rendered("systemd/network/10-external.network")).contains("Name=ens160\n");
  }

  @Test
  void whatHoldsATokenIsForRootAlone() throws IOException {
    assertThat(render(FIRST)).isZero();
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(run.resolve("portcullis/node.env"))))
        .isEqualTo("rw-------");
  }

  @Test
  void ovfPropertiesAreTheSameSettings() {
    String xml =
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Environment xmlns="http://schemas.dmtf.org/ovf/environment/1"
            xmlns:oe="http://schemas.dmtf.org/ovf/environment/1">
          <PropertySection>
            <Property oe:key="role" oe:value="first"/>
            <Property oe:key="farm" oe:value="contoso-edge"/>
            <Property oe:key="token" oe:value=""/>
            <Property oe:key="host" oe:value="10.0.0.1 a; 10.0.0.2 b"/>
          </PropertySection>
        </Environment>
        """;
    assertThat(OvfEnvironment.settings(xml))
        .isEqualTo(
            new OvfEnvironment.Outcome.Text(
                "#portcullis\nrole first\nfarm contoso-edge\nhost 10.0.0.1 a\nhost 10.0.0.2 b\n"));
  }

  @Test
  void anOvfPropertyCannotSmuggleALineIn() {
    assertThat(
            OvfEnvironment.settings(
                """
                <Environment xmlns="http://schemas.dmtf.org/ovf/environment/1" xmlns:oe="http://schemas.dmtf.org/ovf/environment/1">
                <Property oe:key="name" oe:value="a&#10;ssh-key x"/></Environment>
                """))
        .isEqualTo(new OvfEnvironment.Outcome.Text("#portcullis\nname a ssh-key x\n"));
  }

  @Test
  void anOvfEnvironmentFetchesNothing() {
    assertThat(
            OvfEnvironment.settings(
                "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"))
        .isInstanceOf(OvfEnvironment.Outcome.Unreadable.class);
  }

  private void card(String name, String mac, boolean real) throws IOException {
    Path card = Files.createDirectories(cards.resolve(name));
    Files.writeString(card.resolve("address"), mac + "\n");
    if (real) {
      Files.createDirectory(card.resolve("device"));
    }
  }

  private int render(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("settings"), text);
    return Appliance.run(List.of("render", "--into", run.toString(), file.toString()), cards);
  }

  private String rendered(String path) throws IOException {
    return Files.readString(run.resolve(path));
  }

  private SortedMap<String, String> all() throws IOException {
    SortedMap<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(run)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        files.put(run.relativize(path).toString(), Files.readString(path));
      }
    }
    return files;
  }
}
