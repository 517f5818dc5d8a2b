package io.portcullis.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.farm.identity.FarmKey;
import io.portcullis.proxy.snapshot.CertificateMaterial;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastGoodTest {
  private static final String SECRET = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n";

  private static final LastGood.Copy COPY =
      new LastGood.Copy(
          42, "farm: contoso-edge\n", Map.of("web", new CertificateMaterial("chain", SECRET)));

  private final FarmKey key = FarmKey.generate();
  private final Path state;
  private final Path file;

  LastGoodTest(@TempDir Path state) {
    this.state = state;
    file = state.resolve("last-good.sealed");
  }

  private LastGood of(String node, FarmKey key) {
    return new LastGood(state, TestSeal.of(state, node, key));
  }

  private LastGood lastGood() {
    return of("edge1", key);
  }

  private static AbstractThrowableAssert<?, ?> refused(LastGood lastGood) {
    return assertThatThrownBy(lastGood::read).isInstanceOf(IOException.class);
  }

  @Test
  void whatIsWrittenIsReadAgainAndNothingOfItIsReadable() throws Exception {
    lastGood().write(COPY);
    assertThat(lastGood().read()).contains(COPY);
    try (Stream<Path> files = Files.list(state)) {
      assertThat(files).containsExactly(file);
    }
    String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertThat(bytes)
        .startsWith("portcullis last-good 1 revision 42 bytes ")
        .doesNotContain("PRIVATE", "MIGH", "contoso", "chain")
        .doesNotContain(
            Base64.getEncoder().encodeToString(SECRET.getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void theClearCopyOfAnOlderReleaseIsReadOnceAndSealed() throws Exception {
    Path clear =
        Files.writeString(
            state.resolve("last-good.json"),
            """
            {"revision":42,"expanded":"farm: contoso-edge\\n","certificates":{"web":{"chainPem":"chain","keyPem":"%s"}}}
            """
                .formatted(SECRET.replace("\n", "\\n")));
    assertThat(lastGood().read()).contains(COPY);
    assertThat(clear).doesNotExist();
    assertThat(lastGood().read()).contains(COPY);
  }

  @Test
  void aClearCopyThatCannotBeSealedIsUsedAllTheSame() throws Exception {
    Path clear =
        Files.writeString(
            state.resolve("last-good.json"),
            "{\"revision\":7,\"expanded\":\"farm: f\",\"certificates\":{}}");
    Files.createDirectories(state.resolve("last-good.sealed.part").resolve("in the way"));
    assertThat(lastGood().read())
        .hasValueSatisfying(copy -> assertThat(copy.revision()).isEqualTo(7));
    assertThat(clear).exists();
  }

  @Test
  void aCopyThatWasCutOffSaysSo() throws Exception {
    lastGood().write(COPY);
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 1, 30, whole.length / 2, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      refused(lastGood()).message().containsAnyOf("cut off", "its beginning is damaged");
    }
  }

  @Test
  void anyByteThatChangedRefusesTheCopyWithoutQuotingIt() throws Exception {
    lastGood().write(COPY);
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(1);
    for (int i = 0; i < whole.length; i++) {
      byte[] bent = whole.clone();
      bent[i] ^= (byte) (1 + random.nextInt(255));
      Files.write(file, bent);
      refused(lastGood()).message().doesNotContain("PRIVATE");
    }
  }

  @Test
  void aCopyOfAnotherNodeOrAnotherFarmDoesNotOpen() throws Exception {
    lastGood().write(COPY);
    refused(of("edge2", key)).hasMessageContaining("a copy from another node or farm");
    refused(of("edge1", FarmKey.generate()))
        .hasMessageContaining("does not open with this node's farm key");
  }

  @Test
  void aDamagedClearCopyIsRefusedWithoutQuotingIt() throws Exception {
    Files.writeString(state.resolve("last-good.json"), "{\"revision\":42,\"expanded\":" + SECRET);
    refused(lastGood()).message().isEqualTo("what is in it is damaged, or of another release");
    Files.writeString(state.resolve("last-good.json"), "null");
    refused(lastGood()).hasMessage("there is nothing in it");
  }
}
