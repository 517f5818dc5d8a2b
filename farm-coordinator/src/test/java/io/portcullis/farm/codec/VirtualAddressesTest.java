package io.portcullis.farm.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.Problem;
import io.portcullis.farm.model.VirtualGroup;
import io.portcullis.farm.model.VirtualGroup.Holder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VirtualAddressesTest {
  private static final String GOOD =
      Documents.resource("full.yaml")
          + """
          virtualAddresses:
            - name: outside
              addresses: [192.0.2.100/24, 192.0.2.101/24]
              nodes: [{name: edge-1, address: 192.0.2.11}, {name: edge-2, address: 192.0.2.12}]
          """;

  @Test
  void aGroupIsReadAsItIsWritten() {
    assertThat(Documents.accepted(GOOD).virtualAddresses())
        .containsExactly(
            new VirtualGroup(
                "outside",
                List.of("192.0.2.100/24", "192.0.2.101/24"),
                List.of(new Holder("edge-1", "192.0.2.11"), new Holder("edge-2", "192.0.2.12"))));
  }

  @Test
  void eachNodeIsTheFirstChoiceForSomeAddress() {
    VirtualGroup group = Documents.accepted(GOOD).virtualAddresses().getFirst();
    assertThat(group.preference(0)).extracting(Holder::name).containsExactly("edge-1", "edge-2");
    assertThat(group.preference(1)).extracting(Holder::name).containsExactly("edge-2", "edge-1");
    assertThat(group.preference(2)).isEqualTo(group.preference(0));
  }

  @Test
  void aDifferenceNamesTheGroup() {
    assertThat(
            FarmDocuments.diff(
                Documents.accepted(GOOD),
                Documents.accepted(
                    GOOD.replace("192.0.2.12", "192.0.2.13")
                        .replace("192.0.2.101/24", "192.0.2.102/24"))))
        .containsExactly(
            "~ virtualAddresses[outside].addresses: +192.0.2.102/24 -192.0.2.101/24",
            "~ virtualAddresses[outside].nodes[edge-2].address: 192.0.2.12 -> 192.0.2.13");
    assertThat(
            FarmDocuments.diff(
                Documents.accepted(Documents.resource("full.yaml")), Documents.accepted(GOOD)))
        .containsExactly("+ virtual addresses outside: 192.0.2.100/24,192.0.2.101/24");
  }

  /// One slip gives one problem.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          192.0.2.100/24, | 192.0.2.100,    | addresses[0]     | is not an address with the length  | write 192.0.2.100/24
          192.0.2.100/24, | 192.0.2.100/33, | addresses[0]     | is not an address with the length  | write 192.0.2.100/24
          192.0.2.101/24  | 192.0.2.100/24  | addresses[1]     | is there already, as virtualAddresses[0].addresses[0] | remove one
          192.0.2.101/24  | "2001:db8::1/64" | addresses[1]    | is of another family               | a group each
          name: edge-2    | name: edge-1    | nodes[1].name    | node "edge-1" is named twice       | remove one
          name: edge-2    | name: "edge 2"  | nodes[1].name    | "edge 2" is not a name             | begin with
          192.0.2.12}     | 192.0.2.11}     | nodes[1].address | 192.0.2.11 is another node's       | its own address
          192.0.2.12}     | edge-2}         | nodes[1].address | "edge-2" is not an IP address      | without a prefix
          192.0.2.12}     | 192.0.2.101}    | nodes[1].address | 192.0.2.101 is a virtual address   | for itself
          192.0.2.12}     | "2001:db8::2"}  | nodes[1].address | is of another family               | same family
          192.0.2.12}     | 192.0.3.12}     | nodes[1].address | lies in no network                 | check the address
          , {name: edge-2, address: 192.0.2.12} | '' | nodes  | has 1 node                         | so that one can take over
          [192.0.2.100/24, 192.0.2.101/24] | []   | addresses  | has no address                     | 192.0.2.100/24
          address: 192.0.2.12 | addres: 192.0.2.12 | nodes[1].addres | unknown key "addres"         | did you mean "address"?
          """)
  void oneSlipGivesOneProblem(
      String right, String wrong, String path, String message, String hint) {
    assertThat(GOOD).contains(right);
    List<Problem> problems =
        FarmDocuments.decode(GOOD.replace(right, wrong), "farm.yaml").problems();
    assertThat(problems).as("%s", problems).hasSize(1);
    assertThat(problems.getFirst().path()).isEqualTo("virtualAddresses[0]." + path);
    assertThat(problems.getFirst().message()).contains(message);
    assertThat(problems.getFirst().hint()).contains(hint);
  }
}
