package io.portcullis.perf.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.farm.verify.SignIn;
import io.portcullis.perf.staging.Fault;
import io.portcullis.perf.staging.StagingPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Users with a password, against a pool that checks it.
class NtlmSignInTest {

  private static final SignIn ALICE = SignIn.of("CONTOSO\\alice", "Passw0rd!");
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";

  @TempDir private Path directory;
  private StagingPool pool;

  @BeforeEach
  void startPool() throws IOException, GeneralSecurityException {
    StagingPool.Settings settings = StagingPool.Settings.twoMembers(directory);
    pool = StagingPool.start(settings.with(settings.behaviour().withConsent(TOKEN)));
  }

  @AfterEach
  void stopPool() throws IOException {
    pool.close();
  }

  private LoadPlan plan(SignIn who) {
    Site site =
        Site.parse(
            "https://webext01.contoso.com",
            "127.0.0.1:" + pool.members().getFirst().https().getPort(),
            null,
            null);
    return new LoadPlan(
        site,
        "sign-in",
        Models.of("sign-in", site, null, null, who),
        20,
        false,
        Duration.ofMillis(150),
        4,
        Sources.loopback(10),
        Duration.ofSeconds(30),
        1,
        1,
        pool.trustFile());
  }

  private static List<String> failed(LoadResult result) {
    return result.operations().entrySet().stream()
        .flatMap(operation ->
            operation.getValue().errors().keySet().stream()
                .map(kind -> operation.getKey() + " " + kind))
        .toList();
  }

  @Test
  void everyUserGoesAllTheWayToAServiceOfTheirOwn() throws IOException, InterruptedException {
    LoadResult result = new LoadRun(plan(ALICE)).run(_ -> {});
    assertThat(result.errors()).isEmpty();
    assertThat(result.operations().keySet())
        .containsExactly(
            "autodiscover-challenge",
            "autodiscover-root",
            "autodiscover-user",
            "discover",
            "ntlm-authenticate",
            "ntlm-negotiate",
            "service",
            "sign-in (whole)");
    assertThat(result.operations().values())
        .allSatisfy(operation -> assertThat(operation.latency().count()).isEqualTo(3));
  }

  @Test
  void aWrongPasswordIsRefusedAtTheProofAndNowhereElse() throws IOException, InterruptedException {
    LoadResult result = new LoadRun(plan(SignIn.of("CONTOSO\\alice", "guess"))).run(_ -> {});
    assertThat(failed(result)).containsExactly("ntlm-authenticate status-401");
    assertThat(result.operations()).doesNotContainKey("service");
    assertThat(result.failed()).isEqualTo(3);
  }

  @Test
  void aConnectionThatForgetsItsUserShows() throws IOException, InterruptedException {
    pool.faults().set(Fault.NTLM_FORGOTTEN, true);
    LoadResult result = new LoadRun(plan(ALICE)).run(_ -> {});
    assertThat(failed(result)).containsExactly("service status-401");
  }

  @Test
  void aPasswordIsTriedOnceBeforeTheLoad() throws IOException, InterruptedException {
    Password.tryOnce(plan(ALICE), ALICE);
    long before = pool.members().getFirst().connectionsAccepted();
    SignIn wrong = SignIn.of("CONTOSO\\alice", "guess");
    assertThatThrownBy(() -> Password.tryOnce(plan(wrong), wrong))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ntlm-authenticate")
        .hasMessageContaining("status-401")
        .hasMessageNotContaining("guess");
    assertThat(pool.members().getFirst().connectionsAccepted() - before).isEqualTo(1);
  }

  @Test
  void aPoolThatServesTheTokenHasAgreed() throws IOException, InterruptedException {
    Path token = Files.writeString(directory.resolve("token"), TOKEN);
    Permission.require(plan(ALICE), List.of(), token);
    Path other = Files.writeString(directory.resolve("other"), TOKEN.replace('0', '1'));
    assertThatThrownBy(() -> Permission.require(plan(ALICE), List.of(), other))
        .hasMessageContaining("has not agreed");
  }
}
