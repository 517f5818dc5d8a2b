package io.portcullis.perf.staging;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The mobility service of Lync 2010 Mobile, full and not, asked by real curl with NTLM.
final class McxTest {
  private static final String MCX = "/Mcx/McxService.svc";
  private static final int LIMIT = 2;

  @TempDir Path directory;
  private StagingPool pool;
  private StagingMember fe;

  @BeforeEach
  void start() throws Exception {
    pool =
        StagingPool.start(
            StagingPool.Settings.twoMembers(directory).with(Behaviour.DEFAULT.withMcxLimit(LIMIT)));
    fe = pool.members().getFirst();
  }

  @AfterEach
  void stop() throws Exception {
    pool.close();
  }

  @Test
  void aFrontEndTakesFiveThousandUnlessToldOtherwise() {
    assertThat(Behaviour.DEFAULT.mcxPendingLimit()).isEqualTo(5_000);
  }

  @Test
  void aHeldRequestIsAnsweredWhenItsTimePassed() throws Exception {
    assertThat(Lab.run(signedIn(MCX + "?timeout=1")).stdout())
        .contains("HTTP/1.1 200", "X-Staging-User: alice");
    eventually(() -> fe.pendingMcx() == 0);
  }

  @Test
  void aboveItsPendingLimitMcxAnswers503AndTheRestOfTheServerDoesNot() throws Exception {
    List<Process> held = new ArrayList<>();
    for (int i = 0; i < LIMIT; i++) {
      held.add(signedIn(MCX + "?timeout=1800"));
      int started = held.size();
      eventually(() -> fe.pendingMcx() == started);
    }

    assertThat(ask(MCX)).startsWith("HTTP/1.1 503").contains("Retry-After: 30");
    assertThat(ask("/ucwa/oauth/v1/applications")).startsWith("HTTP/1.1 401");
    assertThat(ask("/abs")).startsWith("HTTP/1.1 401");

    held.forEach(Process::destroy);
    eventually(() -> fe.pendingMcx() == 0);
    assertThat(ask(MCX)).startsWith("HTTP/1.1 401");
  }

  private String ask(String path) throws Exception {
    return Lab.curl("-i", "http://" + Lab.at(fe.http()) + path).stdout();
  }

  private Process signedIn(String path) throws Exception {
    return new ProcessBuilder(
            "/usr/bin/curl",
            "-isS",
            "--ntlm",
            "-u",
            "CONTOSO\\alice:Passw0rd!",
            "http://" + Lab.at(fe.http()) + path)
        .start();
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void eventually(Condition condition) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("still waiting").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
