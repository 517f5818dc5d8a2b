package io.portcullis.perf.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.model.LyncTopology;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class TopologyTest {

  @Test
  void documentIsAcceptedWithoutAWarning() throws Exception {
    Topology topology = Topology.onFreePorts();

    Decoded decoded = FarmDocuments.decode(topology.document("farmctl apply"), "farm.yaml");

    assertThat(decoded.problems()).isEmpty();
    assertThat(decoded).isInstanceOf(Decoded.Accepted.class);
    LyncTopology lync = ((Decoded.Accepted) decoded).config().lync();
    assertThat(Objects.requireNonNull(lync).pools().getFirst().members())
        .extracting(member -> member.host())
        .containsExactly("fe1.contoso.local", "fe2.contoso.local");
  }

  @Test
  void noPortIsGivenTwice() throws Exception {
    Topology topology = Topology.onFreePorts();
    Set<Integer> ports = new TreeSet<>(List.of(topology.admin(), topology.zookeeper()));
    for (List<Topology.Server> servers : List.of(topology.members(), topology.nodes())) {
      servers.forEach(server -> ports.addAll(List.of(server.https(), server.http())));
    }

    assertThat(ports).hasSize(10);
  }
}
