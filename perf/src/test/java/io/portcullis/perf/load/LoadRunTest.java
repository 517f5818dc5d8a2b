package io.portcullis.perf.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.server.FreePort;
import io.portcullis.perf.staging.StagingPool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Load on a real staging pool. Requests are counted; how fast this machine is does not matter.
class LoadRunTest {

  @TempDir private Path directory;
  private StagingPool pool;

  @BeforeEach
  void startPool() throws IOException, GeneralSecurityException {
    pool = StagingPool.start(StagingPool.Settings.twoMembers(directory));
  }

  @AfterEach
  void stopPool() throws IOException {
    pool.close();
  }

  private Site site(boolean tls) {
    var member = pool.members().getFirst();
    return Site.parse(
        (tls ? "https" : "http") + "://webext01.contoso.com",
        "127.0.0.1:" + (tls ? member.https() : member.http()).getPort(),
        null,
        null);
  }

  private LoadPlan plan(Site site, String model, double rate, int arrivals) {
    return new LoadPlan(
        site,
        model,
        Models.of(model, site, null, null),
        rate,
        false,
        Duration.ofMillis((long) (arrivals * 1000 / rate)),
        4,
        Sources.loopback(10),
        Duration.ofSeconds(30),
        1,
        1,
        pool.trustFile());
  }

  private static LoadResult run(LoadPlan plan) throws IOException, InterruptedException {
    return new LoadRun(plan).run(_ -> {});
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void everyShapeIsAnsweredAsOftenAsItWasDue(Shape shape) throws IOException, InterruptedException {
    LoadResult result = run(plan(site(true), shape.word(), 50, 15));
    assertThat(result.errors()).isEmpty();
    assertThat(result.arrivals()).isEqualTo(15);
    assertThat(result.answered()).isEqualTo(15);
    assertThat(result.complete()).isTrue();
  }

  @Test
  void keptConnectionsStayAtTheirNumber() throws IOException, InterruptedException {
    LoadResult result = run(plan(site(true), "small", 200, 60));
    assertThat(result.answered()).isEqualTo(60);
    assertThat(pool.members().getFirst().connectionsAccepted()).isLessThanOrEqualTo(4);
  }

  @Test
  void usersTakeTheNextAddressWhereNobodyListens() throws IOException, InterruptedException {
    int deserted = FreePort.one();
    int served = pool.members().getFirst().https().getPort();
    Site both =
        Site.parse(
            "https://webext01.contoso.com",
            "127.0.0.1:" + deserted + ",127.0.0.1:" + served,
            null,
            null);
    for (String model : List.of("small", "tls-full", "sign-in")) {
      LoadResult result = run(plan(both, model, 50, 10));
      assertThat(result.errors()).as(model).isEmpty();
      assertThat(result.arrivals()).isEqualTo(10);
    }
  }

  @Test
  void usersSpreadOverTheAddresses() throws IOException, InterruptedException {
    var members = pool.members();
    Site both =
        Site.parse(
            "https://webext01.contoso.com",
            "127.0.0.1:%d,127.0.0.1:%d"
                .formatted(
                    members.getFirst().https().getPort(), members.getLast().https().getPort()),
            null,
            null);
    assertThat(run(plan(both, "tls-full", 50, 20)).answered()).isEqualTo(20);
    assertThat(members).allMatch(member -> member.connectionsAccepted() == 10);
  }

  @Test
  void fullHandshakesTakeAConnectionEach() throws IOException, InterruptedException {
    assertThat(run(plan(site(true), "tls-full", 50, 20)).answered()).isEqualTo(20);
    assertThat(pool.members().getFirst().connectionsAccepted()).isEqualTo(20);
  }

  @Test
  void sessionsAreResumedAndFullHandshakesToldApart() throws IOException, InterruptedException {
    LoadResult result = run(plan(site(true), "tls-resumed", 10, 10));
    assertThat(result.errors()).isEmpty();
    assertThat(result.operations()).containsKey("tls-resumed");
    assertThat(result.answered()).isEqualTo(10);
  }

  @ParameterizedTest
  @EnumSource(value = LyncModel.class, mode = EnumSource.Mode.EXCLUDE, names = "UCWA")
  void everyUserModelRunsToItsEnd(LyncModel model) throws IOException, InterruptedException {
    LoadResult result = run(plan(site(true), model.word(), 20, 3));
    assertThat(result.errors()).isEmpty();
    int steps = model.steps(site(true), 0).size();
    assertThat(
            result.operations().entrySet().stream()
                .filter(operation -> !operation.getKey().endsWith("(whole)"))
                .mapToLong(operation -> operation.getValue().latency().count())
                .sum())
        .isEqualTo(3L * steps);
  }

  @Test
  void pollsThatOutlastTheRunAreNotErrors() throws IOException, InterruptedException {
    LoadResult result = run(plan(site(true), "ucwa", 20, 3));
    assertThat(result.errors()).isEmpty();
    assertThat(result.operations())
        .containsKeys("ucwa-token", "ucwa-application", "ucwa-presence", "ucwa-events")
        .doesNotContainKey("ucwa-held-events");
  }

  @Test
  void aHeldAnswerIsNotLatency() throws IOException, InterruptedException {
    Site site = site(true);
    Request poll =
        Request.get("poll", "webext01.contoso.com", "/slow/3").held(Duration.ofSeconds(3));
    LoadPlan plan =
        new LoadPlan(
            site,
            "poll",
            LyncModel.ofSteps(_ -> List.of(poll)),
            1,
            false,
            Duration.ofMinutes(5),
            1,
            Sources.system(),
            Duration.ofSeconds(30),
            1,
            1,
            pool.trustFile());
    LoadRun run = new LoadRun(plan);
    LoadResult result =
        run.run(second -> {
          if (second.answered() > 0) {
            run.stop();
          }
        });
    assertThat(result.answered()).isPositive();
    // Waiting three seconds takes them and little more; with them taken off, the little is left.
    assertThat(result.operations().values())
        .allSatisfy(
            operation -> assertThat(operation.latency().mean()).isBetween(0.0, 3_000_000.0));
  }

  @Test
  void wrongStatusIsAnErrorOfItsOwnKind() throws IOException, InterruptedException {
    Site site = site(false);
    LoadPlan plan =
        new LoadPlan(
            site,
            "small",
            Models.of("small", site, "/status/503", null),
            50,
            false,
            Duration.ofMillis(200),
            2,
            Sources.system(),
            Duration.ofSeconds(30),
            1,
            1,
            null);
    LoadResult result = run(plan);
    assertThat(result.errors()).containsOnlyKeys("status-503").containsEntry("status-503", 10L);
    assertThat(result.answered()).isZero();
  }

  @Test
  void anAnswerThatDoesNotComeIsATimeout() throws IOException, InterruptedException {
    Site site = site(false);
    LoadPlan plan =
        new LoadPlan(
            site,
            "small",
            Models.of("small", site, "/slow/30", null),
            20,
            false,
            Duration.ofMillis(1000),
            20,
            Sources.system(),
            Duration.ofMillis(300),
            1,
            1,
            null);
    assertThat(run(plan).errors()).containsKey("timeout");
  }

  @Test
  void anUntrustedCertificateIsATlsError() throws IOException, InterruptedException {
    LoadPlan trusting = plan(site(true), "tls-full", 20, 4);
    LoadPlan distrusting =
        new LoadPlan(
            trusting.site(),
            "tls-full",
            trusting.model(),
            20,
            false,
            trusting.duration(),
            4,
            Sources.system(),
            Duration.ofSeconds(30),
            1,
            1,
            null);
    assertThat(run(distrusting).errors()).containsOnlyKeys("tls");
  }

  @Test
  void nobodyListeningIsAConnectError() throws IOException, InterruptedException {
    try (Socket held = new Socket()) {
      // Bound, so that nobody else gets the port, and not listening.
      held.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
      Site nobody =
          Site.parse("http://webext01.contoso.com", "127.0.0.1:" + held.getLocalPort(), null, null);
      assertThat(run(plan(nobody, "small", 20, 4)).errors()).containsOnlyKeys("connect");
    }
  }

  @Test
  void aStoppedRunReportsWhatItDid() throws IOException, InterruptedException {
    LoadRun run = new LoadRun(plan(site(false), "small", 50, 50 * 3600));
    LoadResult result = run.run(_ -> run.stop());
    assertThat(result.complete()).isFalse();
    assertThat(result.answered()).isPositive();
    assertThat(result.failed()).isZero();
  }

  @Test
  void usersComeFromTheirOwnAddresses() {
    Sources sources = Sources.loopback(300);
    assertThat(sources.of(0)).hasToString("/127.1.0.1");
    assertThat(sources.of(299)).hasToString("/127.1.1.44");
    assertThat(sources.of(300)).isEqualTo(sources.of(0));
  }

  @Test
  void aResultSurvivesItsFile() throws IOException, InterruptedException {
    LoadResult result = run(plan(site(false), "small", 50, 20));
    List<Path> files = Reports.writeBoth(directory.resolve("out/run"), result, null);
    LoadResult read = LoadResult.read(files.getFirst());
    assertThat(read).isEqualTo(result);
    assertThat(read.operations().values())
        .allSatisfy(operation -> assertThat(operation.histogram().getTotalCount()).isEqualTo(20));
  }
}
