package io.portcullis.farm.codec;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.LyncTopology;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.Pool.Member;
import io.portcullis.farm.model.PublishingRule.Action;
import io.portcullis.farm.model.StaticHost;
import io.portcullis.farm.model.TlsVersion;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FarmDocumentsTest {

  @Test
  void readsListenersCertificatesPoolsAndRules() {
    FarmConfig farm = Documents.accepted(Documents.resource("full.yaml"));

    assertThat(farm.farm()).isEqualTo("contoso-edge");
    assertThat(farm.listeners()).extracting(l -> l.isTls()).containsExactly(true, false);
    Pool pool = farm.pools().getFirst();
    assertThat(pool.members())
        .containsExactly(
            new Member("fe1.contoso.local", null, 1, null),
            new Member("fe2.contoso.local", "10.0.0.12", 2, null));
    assertThat(pool.tls())
        .isEqualTo(
            new Pool.PoolTls("pool01.contoso.local", "contoso-root.pem", null, TlsVersion.TLSv1_2));
    assertThat(pool.health())
        .isEqualTo(
            new Pool.HealthCheck(LyncTopology.DISCOVERY_ROOT, 200, 5061, Duration.ofSeconds(5)));
    assertThat(pool.upstreamConnections()).isEqualTo(Pool.UpstreamConnections.PRIVATE);
    assertThat(pool.timeouts()).isEqualTo(Pool.Timeouts.DEFAULT);
    assertThat(farm.rules())
        .extracting(r -> r.action())
        .containsExactly(new Action.ToPool("pool01"), new Action.RedirectToHttps());
  }

  @Test
  void readsALyncTopologyAndGivesItsPoolsWhatTheyShare() {
    FarmConfig farm = Documents.accepted(Documents.resource("lync.yaml"));

    LyncTopology lync = requireNonNull(farm.lync());
    assertThat(lync.version()).isEqualTo(LyncTopology.Version.LYNC_2013);
    assertThat(lync.pools())
        .extracting(LyncTopology.WebPool::bridging)
        .containsOnly(new Pool.Bridging(4443, 8080));
    assertThat(requireNonNull(lync.officeWebApps()).bridging())
        .isEqualTo(new Pool.Bridging(443, 80));
    assertThat(requireNonNull(lync.director()).name()).isEqualTo("director");
    assertThat(requireNonNull(lync.pools().getLast().tls()).trustFile())
        .isEqualTo("contoso-root.pem");
    assertThat(lync.httpAutodiscover()).isTrue();
    assertThat(farm.hosts()).containsExactly(new StaticHost("fe1.contoso.local", "10.0.0.11"));
  }

  @Test
  void jsonIsADocumentToo() {
    assertThat(
            Documents.accepted(
                    "{\"farm\": \"f\", \"listeners\": [{\"name\": \"h\", \"bind\": \"127.0.0.1:0\"}]}")
                .listeners())
        .hasSize(1);
  }

  @Test
  void theCanonicalTextReadsBackAsTheSameFarm() {
    for (String name : new String[] {"full.yaml", "lync.yaml"}) {
      FarmConfig farm = Documents.accepted(Documents.resource(name));
      String text = FarmDocuments.encode(farm);
      FarmConfig again = Documents.accepted(text);
      assertThat(again).as(text).isEqualTo(farm);
      assertThat(FarmDocuments.encode(again)).isEqualTo(text);
    }
  }
}
