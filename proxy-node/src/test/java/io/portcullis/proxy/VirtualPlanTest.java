package io.portcullis.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.VirtualGroup;
import io.portcullis.farm.model.VirtualGroup.Holder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VirtualPlanTest {

  private static final List<Holder> NODES =
      List.of(
          new Holder("edge-1", "192.0.2.11"),
          new Holder("edge-2", "192.0.2.12"),
          new Holder("edge-3", "192.0.2.13"));

  @TempDir private Path state = Path.of("");

  private static FarmConfig farm(List<VirtualGroup> groups) {
    return new FarmConfig(
            "contoso-edge", List.of(), List.of(), List.of(), List.of(), List.of(), null)
        .withVirtualAddresses(groups);
  }

  private static FarmConfig farm(String... addresses) {
    return farm(List.of(new VirtualGroup("outside", List.of(addresses), NODES)));
  }

  private static List<Integer> numbers(String word, String text) {
    return Pattern.compile(" " + word + " ([0-9]+)")
        .matcher(text)
        .results()
        .map(found -> Integer.valueOf(found.group(1)))
        .toList();
  }

  @Test
  void eachNodeIsFirstForOneAddressAndAllAgreeOnTheRouters() {
    FarmConfig farm = farm("192.0.2.101/24", "192.0.2.102/24", "192.0.2.103/24");
    String first = VirtualPlan.text("edge-1", farm);
    String second = VirtualPlan.text("edge-2", farm);
    assertThat(numbers("priority", first)).containsExactly(250, 117, 184);
    assertThat(numbers("priority", second)).containsExactly(184, 250, 117);
    assertThat(numbers("priority", VirtualPlan.text("edge-3", farm)))
        .containsExactly(117, 184, 250);
    assertThat(numbers("router", first))
        .isEqualTo(numbers("router", second))
        .doesNotHaveDuplicates();
    assertThat(second)
        .contains("node edge-2\naddress 192.0.2.101/24 router ")
        .contains(" own 192.0.2.12 peers 192.0.2.11,192.0.2.13\n");
  }

  @Test
  void anAddressKeepsItsRouterWhenOthersComeAndGo() {
    String alone = VirtualPlan.text("edge-1", farm("192.0.2.150/24"));
    String among = VirtualPlan.text("edge-1", farm("192.0.2.101/24", "192.0.2.150/24"));
    assertThat(numbers("router", among)).endsWith(numbers("router", alone).getFirst());
  }

  @Test
  void asManyAddressesAsADocumentMayHaveGetARouterEach() {
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      addresses.add("10.0.0." + i + "/16");
    }
    assertThat(
            numbers("router", VirtualPlan.text("edge-1", farm(addresses.toArray(String[]::new)))))
        .hasSize(64)
        .doesNotHaveDuplicates()
        .allSatisfy(router -> assertThat(router).isBetween(1, 255));
  }

  @Test
  void aNodeOutsideTheGroupHoldsNothing() {
    assertThat(VirtualPlan.text("edge-9", farm("192.0.2.101/24"))).doesNotContain("address 192");
  }

  @Test
  void theFileIsWrittenWhenSomethingChangedAndOnlyThen() throws IOException {
    VirtualHolder holder = new VirtualHolder("edge-1", state);
    Path file = state.resolve("virtual-addresses");
    holder.follow(farm(List.of()));
    assertThat(file).doesNotExist();
    holder.follow(farm("192.0.2.101/24"));
    assertThat(file).content().isEqualTo(VirtualPlan.text("edge-1", farm("192.0.2.101/24")));
    FileTime old = FileTime.fromMillis(1_000);
    Files.setLastModifiedTime(file, old);
    holder.follow(farm("192.0.2.101/24"));
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(old);
    holder.follow(farm(List.of()));
    assertThat(file).content().doesNotContain("\naddress ");
  }

  @Test
  void onlyWhatIsOnACardOfThisMachineIsReportedAsHeld() {
    VirtualHolder holder = new VirtualHolder("edge-1", state);
    holder.follow(farm("127.0.0.1/8", "192.0.2.101/24"));
    assertThat(holder.holds()).containsExactly("127.0.0.1/8");
  }
}
