package io.portcullis.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The upgrade script with real bundles and signatures, on a directory that stands for the machine. The services are stand-ins: a release
/// is well when its `farmctl` says so.
class UpgradeTest {

  private static final String FIRST = MachineDirectory.FIRST;
  private static final String SECOND = MachineDirectory.SECOND;

  private final Path directory;
  private final MachineDirectory machine;

  UpgradeTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    this.machine = new MachineDirectory(directory);
  }

  @Test
  void aGoodReleaseIsSwitchedToAndTheOneBeforeIsKept() throws Exception {
    Path bundle = machine.bundle(FIRST, "exit 0");
    assertThat(upgrade(bundle)).isEqualTo(0);
    assertThat(inUse()).isEqualTo(FIRST);
    assertThat(machine.releases().resolve("current-a/lib/portcullis.jar"))
        .content()
        .isEqualTo(FIRST);
    assertThat(machine.releases().resolve("trial-a")).doesNotExist();
    assertThat(upgrade(machine.bundle(SECOND, "exit 0"))).isEqualTo(0);
    assertThat(inUse()).isEqualTo(SECOND);
    assertThat(machine.releases().resolve(FIRST)).isDirectory();
    assertThat(machine.run("--back").exit()).isZero();
    assertThat(inUse()).isEqualTo(FIRST);
  }

  @Test
  void aReleaseThatDoesNotStartGoesBackToTheOneBefore() throws Exception {
    assertThat(upgrade(machine.bundle(FIRST, "exit 0"))).isEqualTo(0);
    MachineDirectory.Ran ran =
        machine.run(machine.bundle(SECOND, "exit 1").toString(), "--without-farm");
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.output()).contains("going back", "what the node last said", "serves again");
    assertThat(inUse()).isEqualTo(FIRST);
    assertThat(machine.root.resolve("ready")).exists();
    assertThat(machine.releases().resolve(SECOND)).doesNotExist();
    assertThat(machine.releases().resolve("trial-a")).doesNotExist();
  }

  @Test
  void theFirstUpgradeGoesBackToTheImage() throws Exception {
    assertThat(upgrade(machine.bundle(FIRST, "exit 1"))).isEqualTo(1);
    assertThat(machine.releases().resolve("current-a")).doesNotExist();
    assertThat(machine.root.resolve("ready")).exists();
  }

  @Test
  void anUpgradeThatWasCutOffGoesBackAtTheNextStart() throws Exception {
    assertThat(upgrade(machine.bundle(FIRST, "exit 0"))).isEqualTo(0);
    assertThat(upgrade(machine.bundle(SECOND, "exit 0"))).isEqualTo(0);
    Files.writeString(machine.releases().resolve("trial-a"), FIRST + "\n");
    assertThat(machine.run("--settle").exit()).isZero();
    assertThat(inUse()).isEqualTo(FIRST);
    assertThat(machine.releases().resolve("trial-a")).doesNotExist();
  }

  @Test
  void aTamperedManifestIsRefused() throws Exception {
    refused(
        machine.tampered(
            machine.bundle(FIRST, "exit 0"),
            "manifest",
            "portcullis release 1",
            "portcullis release 1 "),
        "signature");
  }

  @Test
  void tamperedContentsAreRefused() throws Exception {
    refused(machine.tampered(machine.bundle(FIRST, "exit 0"), "payload.tar.gz", "", ""), "damaged");
  }

  @Test
  void aBundleByAnotherKeyIsRefused() throws Exception {
    machine.signWith(machine.key("stranger"));
    Path bundle = machine.bundle(FIRST, "exit 0");
    refused(bundle, "signature");
  }

  @Test
  void aBundleThatWasCutOffIsRefusedWhereverItWas() throws Exception {
    byte[] whole = Files.readAllBytes(machine.bundle(FIRST, "exit 0"));
    for (int length : new int[] {0, 100, 600, 2000, whole.length - 10_240}) {
      Path cut = directory.resolve("cut.bundle");
      Files.write(cut, Arrays.copyOf(whole, Math.max(0, length)));
      MachineDirectory.Ran ran = machine.run(cut.toString(), "--without-farm");
      assertThat(ran.exit()).as("%d bytes: %s", length, ran.output()).isEqualTo(1);
      untouched();
    }
  }

  @Test
  void aFullDiskIsSaidBeforeAnythingIsWritten() throws Exception {
    MachineDirectory.script(directory.resolve("bin/df"), "printf 'Avail\\n1000000\\n'\n");
    refused(machine.bundle(FIRST, "exit 0"), "must stay free");
  }

  /// The disk that fills while it is written: a small one, which is said to be large.
  @Test
  void aDiskThatFillsMeanwhileLeavesNothingBehind() throws Exception {
    MachineDirectory.script(directory.resolve("bin/df"), "printf 'Avail\\n1000000000000\\n'\n");
    Path bundle = machine.bundle(FIRST, "exit 0");
    Files.createDirectories(machine.releases());
    String script =
        "/usr/bin/mount -t tmpfs -o size=512k tmpfs '%1$s'; bash '%2$s' '%3$s' --without-farm; echo \"exit $?\"; ls '%1$s'"
            .formatted(
                machine.releases(), machine.root.resolve("usr/lib/portcullis/upgrade"), bundle);
    MachineDirectory.Ran ran =
        MachineDirectory.run(machine.environment(), "unshare", "--mount", "sh", "-c", script);
    assertThat(ran.output()).contains("could not be written", "exit 1\nlock\n");
  }

  @Test
  void anOlderReleaseIsTakenOnlyWhenThatIsMeant() throws Exception {
    assertThat(upgrade(machine.bundle(SECOND, "exit 0"))).isEqualTo(0);
    Path older = machine.bundle(FIRST, "exit 0");
    assertThat(machine.run(older.toString(), "--without-farm").output()).contains("is older");
    assertThat(inUse()).isEqualTo(SECOND);
    assertThat(machine.run(older.toString(), "--without-farm", "--older").exit()).isZero();
    assertThat(inUse()).isEqualTo(FIRST);
  }

  @Test
  void aFarmThatIsNotWellIsNotMadeWorse() throws Exception {
    Path bundle = machine.bundle(FIRST, "exit 0");
    assertThat(machine.run(bundle.toString()).output()).contains("--without-farm");
    MachineDirectory.Ran ran = machine.run(bundle.toString(), "--identity", "operator.pem");
    assertThat(ran.output()).contains("the farm is not well");
    untouched();
    String node = "{\"nodes\": [{\"id\": \"edge-1\", \"startedAt\": \"2026-11-22T00:00:00Z\"}";
    Files.writeString(machine.root.resolve("farm-is-well"), node + "]}");
    assertThat(machine.run(bundle.toString(), "--identity", "operator.pem").output())
        .contains("no other node of the farm is alive");
    untouched();
    Files.writeString(
        machine.root.resolve("farm-is-well"),
        node + ", {\"id\": \"edge-2\", \"startedAt\": \"...\"}]}");
    assertThat(machine.run(bundle.toString(), "--identity", "operator.pem").exit()).isZero();
    assertThat(inUse()).isEqualTo(FIRST);
  }

  @Test
  void anImageWithoutReleaseKeyTakesNone() throws Exception {
    Files.delete(machine.root.resolve("usr/share/portcullis/release.pub"));
    refused(machine.bundle(FIRST, "exit 0"), "without a release key");
  }

  private void refused(Path bundle, String why) throws Exception {
    MachineDirectory.Ran ran = machine.run(bundle.toString(), "--without-farm");
    assertThat(ran.exit()).as(ran.output()).isEqualTo(1);
    assertThat(ran.output()).contains(why);
    untouched();
  }

  private void untouched() throws IOException {
    assertThat(machine.releases().resolve("current-a")).doesNotExist();
    assertThat(machine.releases().resolve("trial-a")).doesNotExist();
    try (var left = Files.list(machine.releases())) {
      assertThat(left.filter(Files::isDirectory)).isEmpty();
    }
  }

  private String inUse() throws IOException {
    return Files.readSymbolicLink(machine.releases().resolve("current-a")).toString();
  }

  private int upgrade(Path bundle) throws Exception {
    return machine.run(bundle.toString(), "--without-farm").exit();
  }
}
