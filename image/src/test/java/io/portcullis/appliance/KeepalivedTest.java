package io.portcullis.appliance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeepalivedTest {

  private static final String PLAN =
      """
      # The virtual addresses that this node may hold, each with router, priority, own address, peers.
      node edge-1
      address 192.0.2.101/24 router 57 priority 250 own 192.0.2.11 peers 192.0.2.12,192.0.2.13
      address 2001:db8::101/64 router 58 priority 117 own 2001:db8::11 peers 2001:db8::12
      """;

  @TempDir private Path directory = Path.of("");

  @Test
  void anAddressGoesToTheCardOfTheNodesOwnAddress() {
    Keepalived rendered =
        Keepalived.of(
            VirtualPlan.read(PLAN),
            address -> address.getHostAddress().equals("192.0.2.11") ? "ens33" : "ens160",
            "/usr/lib/portcullis/ready");
    assertThat(rendered.configuration())
        .contains(
            "virtual_router_id 57\n",
            "priority 250\n",
            "unicast_src_ip 192.0.2.11\n",
            "    192.0.2.12\n    192.0.2.13\n",
            "192.0.2.101/24 dev ens33\n",
            "2001:db8:0:0:0:0:0:101/64 dev ens160\n",
            "script \"/usr/lib/portcullis/ready\"");
    assertThat(rendered.firewall())
        .contains(
            "add element inet portcullis vrrp4 { 192.0.2.12, 192.0.2.13 }",
            "add element inet portcullis vrrp6 { 2001:db8:0:0:0:0:0:12 }");
    assertThat(rendered.missing()).isEmpty();
  }

  @Test
  void whatIsOnNoCardIsLeftOutAndNamed() {
    Keepalived rendered =
        Keepalived.of(
            VirtualPlan.read(PLAN),
            address -> address.getHostAddress().equals("192.0.2.11") ? "ens33" : null,
            "/ready");
    assertThat(rendered.configuration()).contains("192.0.2.101").doesNotContain("2001");
    assertThat(rendered.missing()).containsExactly("2001:db8:0:0:0:0:0:11");
  }

  /// The node's user can write the plan, and keepalived runs as root.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "script \"/bin/sh\"",
        "address 192.0.2.101/24 router 57 priority 250 own 192.0.2.11 peers 192.0.2.12\u000Bscript",
        "address 192.0.2.101/24 router 57 priority 250 own 192.0.2.11 peers 192.0.2.12 }",
        "address 192.0.2.101/24 router 0 priority 250 own 192.0.2.11 peers 192.0.2.12",
        "address 192.0.2.101/24 router 57 priority 255 own 192.0.2.11 peers 192.0.2.12",
        "address 192.0.2.101/24 router 57 priority 250 own 192.0.2.11 peers 2001:db8::1",
        "address 192.0.2.101/24 router 57 priority 250 own contoso peers 192.0.2.12",
        "address 192.0.2.101 router 57 priority 250 own 192.0.2.11 peers 192.0.2.12",
        "address 192.0.2.101/99 router 57 priority 250 own 192.0.2.11 peers 192.0.2.12",
        "node edge 1",
        "root:x:0:0:root:/root:/bin/bash"
      })
  void whatIsNotAPlanIsRefusedWithItsLineAndNothingOfIt(String line) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VirtualPlan.read("node edge-1\n" + line + "\n"))
        .withMessageStartingWith("line 2")
        .withMessageNotContaining("root:");
  }

  @Test
  void moreAddressesThanADocumentMayHaveAreRefused() {
    String line = "address 192.0.2.101/24 router 57 priority 250 own 192.0.2.11 peers 192.0.2.12\n";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VirtualPlan.read("node edge-1\n" + line.repeat(65)));
  }

  @Test
  void aLinkIsNotFollowed() throws IOException {
    Path real = Files.writeString(directory.resolve("real"), PLAN);
    Path link = Files.createSymbolicLink(directory.resolve("plan"), real);
    assertThat(virtual(link)).isEqualTo(2);
    assertThat(directory.resolve("into/keepalived.conf")).doesNotExist();
  }

  @Test
  void withoutAPlanNothingIsHeldAndNobodyIsLetIn() throws IOException {
    Path plan =
        Files.writeString(
            directory.resolve("plan"),
            "node edge-1\naddress 127.0.0.101/8 router 57 priority 250 own 127.0.0.1 peers 127.0.0.2\n");
    assertThat(virtual(plan)).isZero();
    assertThat(directory.resolve("into/keepalived.conf")).content().contains("interface lo\n");
    Files.delete(plan);
    assertThat(virtual(plan)).isZero();
    assertThat(directory.resolve("into/keepalived.conf")).doesNotExist();
    assertThat(directory.resolve("into/vrrp.nft")).content().doesNotContain("add element");
  }

  private int virtual(Path plan) {
    return Appliance.run(
        List.of("virtual", "--into", directory.resolve("into").toString(), plan.toString()),
        Path.of("/sys/class/net"));
  }
}
