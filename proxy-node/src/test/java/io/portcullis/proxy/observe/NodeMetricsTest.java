package io.portcullis.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.message.Failure;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class NodeMetricsTest {

  private static final ConnectionFacts FACTS =
      new ConnectionFacts("https", new InetSocketAddress("192.0.2.7", 50_000), "", "", false);

  private final NodeMetrics metrics = new NodeMetrics();

  private static AccessRecord record(String rule, String pool, String member, int status) {
    AccessRecord one = new AccessRecord(FACTS, 0);
    one.decided(1, rule);
    one.toPool(pool);
    one.toMember(member, Choice.BALANCER);
    one.received(10);
    one.answered(status);
    one.sent(1000);
    one.ended();
    return one;
  }

  @Test
  void everyExchangeIsCountedOnceInEachFamily() {
    metrics.ended(record("web", "pool01", "fe1", 200));
    metrics.ended(record("web", "pool01", "fe2", 401));
    AccessRecord gone = record("web", "pool01", "fe1", 0);
    gone.failed(Failure.CLIENT_GONE);
    gone.ended();
    metrics.ended(gone);
    assertThat(metrics.text().lines())
        .contains(
            "portcullis_requests_total{rule=\"web\",status=\"2xx\",} 1.0",
            "portcullis_requests_total{rule=\"web\",status=\"4xx\",} 2.0",
            "portcullis_request_duration_seconds_count{rule=\"web\",pool=\"pool01\",member=\"fe1\",} 2.0",
            "portcullis_request_duration_seconds_count{rule=\"web\",pool=\"pool01\",member=\"fe2\",} 1.0",
            "portcullis_terminations_total{termination=\"COMPLETE\",side=\"\",phase=\"\",} 2.0",
            "portcullis_terminations_total{termination=\"CLIENT_GONE\",side=\"client\",phase=\"response_body\",} 1.0",
            "portcullis_received_bytes_total 30.0",
            "portcullis_sent_bytes_total 3000.0");
  }

  @Test
  void aRuleThatMovesToAnotherPoolIsCountedThere() {
    metrics.ended(record("web", "pool01", "fe1", 200));
    metrics.ended(record("web", "pool02", "fe1", 200));
    metrics.ended(record("web", "pool02", "fe1", 200));
    assertThat(metrics.text().lines())
        .contains(
            "portcullis_request_duration_seconds_count{rule=\"web\",pool=\"pool01\",member=\"fe1\",} 1.0",
            "portcullis_request_duration_seconds_count{rule=\"web\",pool=\"pool02\",member=\"fe1\",} 2.0");
  }

  @Test
  void namesOfThePastAreBounded() {
    int many = NodeMetrics.MOST_LANES + 100;
    for (int i = 0; i < many; i++) {
      metrics.ended(record("rule" + i, "pool", "fe1", 200));
    }
    metrics.ended(record("rule0", "pool", "fe1", 200));
    assertThat(metrics.text().lines())
        .contains(
            "portcullis_requests_total{rule=\"rule0\",status=\"2xx\",} 2.0",
            "portcullis_requests_total{rule=\"other\",status=\"2xx\",} 100.0")
        .filteredOn(line -> line.startsWith("portcullis_request_duration_seconds_count"))
        .hasSize(NodeMetrics.MOST_LANES + 1);
  }

  @Test
  void handshakesAreCountedByVersionAndResumption() {
    metrics.shaken("TLSv1.3", false);
    metrics.shaken("TLSv1.3", true);
    metrics.shaken("TLSv1.3", true);
    metrics.notShaken("timeout");
    assertThat(metrics.text().lines())
        .contains(
            "portcullis_tls_handshakes_total{version=\"TLSv1.3\",resumed=\"false\",} 1.0",
            "portcullis_tls_handshakes_total{version=\"TLSv1.3\",resumed=\"true\",} 2.0",
            "portcullis_tls_handshake_failures_total{reason=\"timeout\",} 1.0");
  }
}
