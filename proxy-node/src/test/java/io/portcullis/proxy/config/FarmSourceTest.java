package io.portcullis.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.farm.codec.PemCertificates;
import io.portcullis.farm.identity.FarmKey;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.store.Proposal;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.StoredCertificate;
import io.portcullis.proxy.snapshot.CertificateMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FarmSourceTest {

  private static final String EXPANDED =
      """
      farm: contoso-edge
      listeners:
        - {name: https, bind: "0.0.0.0:443", tls: {certificates: [contoso]}}
      certificates:
        - {name: contoso, version: 3}
      rules:
        - {name: hello, listener: https, publicNames: ["*"], respond: 200}
      """;

  private final LastGood lastGood;
  private final Path file;
  private final List<Loaded> published = new ArrayList<>();
  private final List<Loaded> rehearsed = new ArrayList<>();
  private final AtomicInteger changes = new AtomicInteger();
  private List<Problem> answer = List.of();
  private boolean shelfIsAway;

  FarmSourceTest(@TempDir Path state) {
    lastGood = new LastGood(state, TestSeal.of(state, "edge1", FarmKey.generate()));
    file = state.resolve("last-good.sealed");
  }

  private FarmSource source() {
    return new FarmSource(
        this::read,
        lastGood,
        new Publisher() {
          @Override
          public List<Problem> rehearse(Loaded loaded) {
            rehearsed.add(loaded);
            return answer;
          }

          @Override
          public List<Problem> publish(Loaded loaded) {
            published.add(loaded);
            return answer;
          }
        },
        changes::incrementAndGet);
  }

  private Optional<StoredCertificate> read(String name, int version) throws IOException {
    if (shelfIsAway) {
      throw new IOException("away");
    }
    return Optional.of(new StoredCertificate(name, version, "chain " + version, "key"));
  }

  private static Revision revision(long number, String expanded) {
    return new Revision(number, "operator", Instant.EPOCH, "", expanded, expanded);
  }

  @Test
  void revisionIsPublishedWithItsCertificatesAndKept() throws Exception {
    FarmSource source = source();
    source.revision(revision(7, EXPANDED));
    assertThat(source.applied()).isEqualTo(new Applied(7, null));
    assertThat(changes).hasValue(1);
    assertThat(published).hasSize(1);
    assertThat(published.getFirst().certificates().get("contoso"))
        .matches(material -> material.chainPem().equals("chain 3"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aCertificateThatIsNotIssuedYetHasAStandInThatStaysTheSame() throws Exception {
    String ordered =
        EXPANDED.replace(
            "version: 3",
            "acme: {directory: \"https://ca.example/dir\", names: [web.contoso.com], challenge: tls-alpn-01, agreeToTerms: true}");
    FarmSource source = source();
    source.revision(revision(7, ordered));
    source.revision(revision(8, ordered));
    assertThat(source.applied()).isEqualTo(new Applied(8, null));
    CertificateMaterial first =
        Objects.requireNonNull(published.get(0).certificates().get("contoso"));
    assertThat(PemCertificates.read(first.chainPem()).getFirst())
        .satisfies(certificate -> {
          assertThat(PemCertificates.names(certificate)).containsExactly("web.contoso.com");
          assertThat(certificate.getSubjectX500Principal().getName()).contains("stand-in");
        });
    assertThat(published.get(1).certificates()).containsEntry("contoso", first);
  }

  @Test
  void refusedRevisionIsReportedAndTheCopyOnDiskStaysTheOldOne() throws Exception {
    FarmSource source = source();
    source.revision(revision(7, EXPANDED));
    byte[] kept = Files.readAllBytes(file);
    answer = List.of(Problem.error("listeners", "port taken", "free it"));
    source.revision(revision(8, EXPANDED));
    assertThat(source.applied())
        .isEqualTo(new Applied(7, "revision 8: listeners: port taken", 8, null));
    assertThat(Files.readAllBytes(file)).isEqualTo(kept);
  }

  @Test
  void aDiskThatTakesNothingIsSaidAndWhatIsServedGoesOn() throws Exception {
    FarmSource source = source();
    source.revision(revision(7, EXPANDED));
    byte[] kept = Files.readAllBytes(file);
    // Where the next copy would be written, something lies that cannot be taken away.
    Path inTheWay = file.resolveSibling(file.getFileName() + ".part");
    Files.createDirectories(inTheWay.resolve("full"));
    source.revision(revision(8, EXPANDED));
    assertThat(published).extracting(Loaded::revision).containsExactly(7L, 8L);
    assertThat(source.applied().revision()).isEqualTo(8);
    assertThat(source.applied().rejected()).isNull();
    assertThat(source.applied().unsaved()).contains("revision 8 is not kept in " + file);
    assertThat(Files.readAllBytes(file)).isEqualTo(kept);
    int said = changes.get();
    source.keepAgain();
    assertThat(changes).as("said once").hasValue(said);

    Files.delete(inTheWay.resolve("full"));
    source.keepAgain();
    assertThat(source.applied()).isEqualTo(new Applied(8, null));
    assertThat(Files.readAllBytes(file)).isNotEqualTo(kept);
  }

  @Test
  void goingBackToTheServedRevisionTakesTheRejectionAway() throws Exception {
    FarmSource source = source();
    source.revision(revision(7, EXPANDED));
    source.revision(revision(8, "nonsense: [\n"));
    assertThat(source.applied().rejected()).startsWith("revision 8: ");
    source.revision(revision(7, EXPANDED));
    assertThat(source.applied()).isEqualTo(new Applied(7, null));
    assertThat(published).hasSize(1);
  }

  @Test
  void storeThatIsAwayMeansLaterNotRefused() {
    FarmSource source = source();
    shelfIsAway = true;
    assertThatThrownBy(() -> source.revision(revision(7, EXPANDED)))
        .isInstanceOf(IOException.class);
    assertThat(source.applied()).isEqualTo(Applied.NOTHING);
    assertThat(published).isEmpty();
  }

  @Test
  void nodeStartsFromTheCopyOnDiskWhenTheFarmIsSilent() throws Exception {
    source().revision(revision(7, EXPANDED));
    published.clear();
    shelfIsAway = true;
    FarmSource restarted = source();
    restarted.startWithin(Duration.ofMillis(1));
    assertThat(restarted.applied()).isEqualTo(new Applied(7, null));
    assertThat(published)
        .singleElement()
        .matches(loaded -> loaded.revision() == 7 && loaded.certificates().size() == 1);
  }

  @Test
  void aFarmThatIsBehindIsRefusedAndTheNodeSaysSo() throws Exception {
    FarmSource source = source();
    source.revision(revision(7, EXPANDED));
    source.revision(revision(2, EXPANDED));
    assertThat(source.applied().revision()).isEqualTo(7);
    assertThat(source.applied().rejected())
        .startsWith("the farm's newest revision is 2, this node serves 7")
        .contains("wiped", "restore", file.toString());
    assertThat(published).hasSize(1);
    source.revision(revision(8, EXPANDED));
    assertThat(source.applied()).isEqualTo(new Applied(8, null));
  }

  @Test
  void anEmptyFarmWhereAFullOneWasIsRefusedAfterARestartToo() throws Exception {
    source().revision(revision(7, EXPANDED));
    published.clear();
    FarmSource restarted = source();
    restarted.empty();
    assertThat(restarted.applied().revision()).isEqualTo(7);
    assertThat(restarted.applied().rejected()).startsWith("the farm has no revision at all");
    restarted.revision(revision(1, EXPANDED));
    assertThat(restarted.applied().revision()).isEqualTo(7);
    assertThat(published).singleElement().matches(loaded -> loaded.revision() == 7);
    restarted.startWithin(Duration.ZERO);
    assertThat(published).hasSize(1);
  }

  @Test
  void anEmptyFarmIsNothingToANewNode() throws Exception {
    FarmSource source = source();
    source.empty();
    assertThat(source.applied()).isEqualTo(Applied.NOTHING);
  }

  @Test
  void aTruncatedCopyOnDiskDoesNotKeepTheFarmsWordOut() throws Exception {
    source().revision(revision(7, EXPANDED));
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    FarmSource restarted = source();
    restarted.revision(revision(8, EXPANDED));
    assertThat(restarted.applied()).isEqualTo(new Applied(8, null));
  }

  @Test
  void copyOnDiskIsNotUsedOnceTheFarmHasSpoken() throws Exception {
    source().revision(revision(7, EXPANDED));
    FarmSource restarted = source();
    restarted.revision(revision(9, EXPANDED));
    published.clear();
    restarted.startWithin(Duration.ofHours(1));
    assertThat(restarted.applied()).isEqualTo(new Applied(9, null));
    assertThat(published).isEmpty();
  }

  @Test
  void brokenOrMissingCopyOnDiskLeavesTheNodeWaiting() throws Exception {
    FarmSource source = source();
    source.startWithin(Duration.ZERO);
    Files.writeString(file, "{\"revision\":");
    source.startWithin(Duration.ZERO);
    assertThat(source.applied()).isEqualTo(Applied.NOTHING);
    source.revision(revision(1, EXPANDED));
    assertThat(source.applied().revision()).isEqualTo(1);
  }

  @Test
  void diskThatCannotBeWrittenDoesNotStopServing() throws Exception {
    Files.createDirectories(file.resolve("in the way"));
    FarmSource source = source();
    source.revision(revision(7, EXPANDED));
    assertThat(source.applied().revision()).isEqualTo(7);
    assertThat(source.applied().unsaved()).contains("revision 7 is not kept");
  }

  private static Proposal proposal(long number, String expanded) {
    return Proposal.of("id-" + number, number, "operator", expanded);
  }

  @Test
  void anObjectionIsFoundWithTheRealCertificatesAndChangesNothing() throws Exception {
    FarmSource source = source();
    source.revision(revision(7, EXPANDED));
    assertThat(source.objection(proposal(8, EXPANDED))).isNull();
    assertThat(rehearsed.getFirst().certificates()).containsKey("contoso");
    answer = List.of(Problem.error("listeners", "port taken", "free it"));
    assertThat(source.objection(proposal(8, EXPANDED))).isEqualTo("listeners: port taken");
    assertThat(source.objection(proposal(8, "farm: ["))).isNotNull();
    assertThat(source.applied()).isEqualTo(new Applied(7, null));
    assertThat(published).hasSize(1);
  }

  @Test
  void aTrialIsNeitherReportedNorKeptAndEndsWithWhatWasServedBefore() throws Exception {
    FarmSource source = source();
    source.revision(revision(7, EXPANDED));
    byte[] kept = Files.readAllBytes(file);
    assertThat(source.serveOnTrial(proposal(8, EXPANDED))).isNull();
    assertThat(published).extracting(Loaded::revision).containsExactly(7L, 8L);
    assertThat(source.applied()).isEqualTo(new Applied(7, null));
    assertThat(Files.readAllBytes(file)).isEqualTo(kept);

    source.endTrial(Optional.of(revision(7, EXPANDED)));
    assertThat(published).extracting(Loaded::revision).containsExactly(7L, 8L, 7L);
    source.serveOnTrial(proposal(8, EXPANDED));
    source.endTrial(Optional.empty());
    assertThat(published).last().extracting(Loaded::revision).isEqualTo(7L);
    source.serveOnTrial(proposal(8, EXPANDED));
    source.endTrial(Optional.of(revision(8, EXPANDED)));
    assertThat(source.applied()).isEqualTo(new Applied(8, null));
    assertThat(published).last().extracting(Loaded::revision).isEqualTo(8L);
  }
}
