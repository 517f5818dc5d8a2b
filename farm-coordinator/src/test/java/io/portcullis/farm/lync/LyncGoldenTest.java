package io.portcullis.farm.lync;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.FarmValidator;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.model.PublishingRule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Topologies and what they expand to. To accept a change, read the difference, then copy what the test prints.
class LyncGoldenTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "director-two-pools",
        "load-balancer-vip",
        "lync-2010",
        "mixed-2010-2013",
        "no-director",
        "sfb-2019-director",
        "simple-urls-by-domain",
        "simple-urls-by-path",
        "site-scoped-meet",
        "standard-edition",
        "subscription-edition"
      })
  void topologyExpandsToItsGoldenDocument(String name) throws IOException {
    FarmConfig source = read(name + ".yaml");

    LyncExpansion expansion = LyncExpansion.explain(source);

    assertThat(FarmDocuments.encode(expansion.config()))
        .isEqualTo(resource(name + ".expanded.yaml"));
    assertThat(FarmValidator.checkExpansion(source, expansion.config()))
        .noneMatch(Problem::isError);
    assertThat(expansion.reasons())
        .extracting(LyncExpansion.Reason::rule)
        .containsExactlyElementsOf(
            expansion.config().rules().stream()
                .skip(source.rules().size())
                .map(PublishingRule::name)
                .toList());
    assertThat(LyncExpansion.expand(expansion.config())).isEqualTo(expansion.config());
  }

  static FarmConfig read(String name) throws IOException {
    Decoded decoded = FarmDocuments.decode(resource(name), name);
    assertThat(decoded).as("%s", decoded.problems()).isInstanceOf(Decoded.Accepted.class);
    return ((Decoded.Accepted) decoded).config();
  }

  static String resource(String name) throws IOException {
    try (InputStream in = LyncGoldenTest.class.getResourceAsStream("/lync/" + name)) {
      return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
