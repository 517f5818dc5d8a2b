package io.portcullis.perf.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.perf.staging.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `farmctl verify` signs in as a user does: three messages of NTLM on one connection, at the members and through the node.
final class SignInTest {
  private static Published published;
  private static Path directory;

  @BeforeAll
  static void start(@TempDir Path made) throws Exception {
    directory = made;
    published = new Published(directory);
    published.awaitMeet();
    password("right", "Passw0rd!\n", "rw-------");
    password("wrong", "Passw1rd!\n", "rw-------");
    password("open", "Passw0rd!\n", "rw-r--r--");
  }

  private static void password(String file, String text, String mode) throws IOException {
    Path path = directory.resolve(file);
    Files.writeString(path, text);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  @AfterAll
  static void stop() throws Exception {
    published.stop();
  }

  @AfterEach
  void mend() {
    published.pool.faults().clear();
  }

  private static Published.Said signIn(String file, String... more) {
    return published.verify(
        "https",
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of("--user", "CONTOSO\\alice", "--password-file", file),
                java.util.stream.Stream.of(more))
            .toArray(String[]::new));
  }

  @Test
  void somebodySignsInAtTheMemberAndThroughTheNode() {
    Published.Said said = signIn("right");

    assertThat(said.exit()).as(said.out()).isZero();
    assertThat(said.out())
        .containsPattern("V17 +fe1\\.contoso\\.local +NTLM +ok +alice signed in; the connection")
        .containsPattern("V17 +edge1 +NTLM on webext01\\.contoso\\.com +ok +alice signed in;")
        .doesNotContain("Passw0rd!");
  }

  @Test
  void aWrongPasswordIsSaidSoAndTriedOnce() throws IOException {
    Published.Said said = signIn("wrong", "-o", "json");

    assertThat(said.exit()).isOne();
    assertThat(said.diagnoses()).containsExactly("sign-in-refused");
    assertThat(said.json().get("findings").findValuesAsText("detail"))
        .containsOnlyOnce("alice was refused")
        .containsOnlyOnce("challenged; not signed in, since the password was refused before");
    assertThat(said.out()).doesNotContain("Passw1rd!");
  }

  @Test
  void aConnectionThatIsTakenForEverybodysIsSaidSo() throws IOException {
    published.pool.faults().set(Fault.NTLM_SHARED, true);

    assertThat(signIn("right", "-o", "json").diagnoses()).containsExactly("connection-shared");
  }

  @Test
  void aConnectionThatForgetsWhoSignedInIsSaidSo() throws IOException {
    published.pool.faults().set(Fault.NTLM_FORGOTTEN, true);

    assertThat(signIn("right", "-o", "json").diagnoses()).containsExactly("ntlm-broken");
  }

  @Test
  void aPasswordThatOthersMayReadIsRefused() {
    Published.Said said = signIn("open");

    assertThat(said.exit()).isEqualTo(2);
    assertThat(said.err()).contains("others may read the password", "chmod 600");
  }

  @Test
  void withoutATerminalAndAFileNobodyIsAsked() {
    Published.Said said = published.verify("https", "--user", "alice");

    assertThat(said.exit()).isEqualTo(2);
    assertThat(said.err()).contains("--password-file FILE");
  }
}
