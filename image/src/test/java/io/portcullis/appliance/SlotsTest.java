package io.portcullis.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A whole system for the other root partition: files stand for the partitions, and what GRUB would read is read here. That GRUB does with it
/// what is meant is seen by booting (`image/boottest --upgrade`).
class SlotsTest {

  private static final String FIRST = MachineDirectory.FIRST;
  private static final String SECOND = MachineDirectory.SECOND;

  private final Path directory;
  private final MachineDirectory machine;

  SlotsTest(@TempDir Path directory) throws Exception {
    this.directory = directory;
    this.machine = new MachineDirectory(directory);
  }

  @Test
  void aSystemGoesToTheOtherSlotAndIsStartedOnce() throws Exception {
    MachineDirectory.Ran ran = install(machine.system(FIRST));
    assertThat(ran.exit()).as(ran.output()).isZero();
    byte[] system = Files.readAllBytes(directory.resolve(FIRST + ".img"));
    assertThat(Arrays.copyOf(Files.readAllBytes(machine.partition("b")), system.length))
        .isEqualTo(system);
    assertThat(Files.readAllBytes(machine.partition("a"))).containsOnly(0);
    assertThat(block()).contains("slot=a\n", "trial=b\n", "system_b=0.2.0 2026-01-01\n");
    assertThat(machine.root.resolve("restarted")).hasContent("reboot");
    assertThat(machine.run("--status").output())
        .contains("0.1.0 2026-01-01 in slot a", "slot b: 0.2.0 2026-01-01, will be tried");
  }

  @Test
  void laterLeavesTheRestartToTheOperator() throws Exception {
    assertThat(machine.run(machine.system(FIRST).toString(), "--without-farm", "--later").exit())
        .isZero();
    assertThat(block()).contains("trial=b\n");
    assertThat(machine.root.resolve("restarted")).doesNotExist();
  }

  @Test
  void aSystemThatBecomesWellStaysAndTheOneBeforeIsKept() throws Exception {
    assertThat(install(machine.system(FIRST)).exit()).isZero();
    triedByGrub("b");
    MachineDirectory.Ran ran = machine.run("--prove");
    assertThat(ran.output()).contains("it is well, and stays");
    assertThat(block()).contains("slot=b\n", "kept=a\n", "trial=\n", "tried=\n");
    assertThat(machine.root.resolve("restarted")).doesNotExist();
    assertThat(machine.run("--back").exit()).isZero();
    assertThat(block()).contains("slot=b\n", "trial=a\n");
    assertThat(machine.root.resolve("restarted")).exists();
  }

  @Test
  void aSystemThatDoesNotBecomeWellRestartsIntoTheOneBefore() throws Exception {
    assertThat(install(machine.system(FIRST)).exit()).isZero();
    triedByGrub("b");
    Files.delete(machine.root.resolve("ready"));
    assertThat(machine.run("--prove").output()).contains("restarting into slot a");
    assertThat(machine.root.resolve("restarted")).content().contains("reboot --force --force");
    assertThat(block()).contains("slot=a\n", "tried=b\n");
    machine.runsSlot("a", "");
    assertThat(machine.run("--status").output()).contains("slot b", "did not become well");
  }

  @Test
  void aSystemWithoutItsStatePartitionIsNotWell() throws Exception {
    assertThat(install(machine.system(FIRST)).exit()).isZero();
    triedByGrub("b");
    Files.move(machine.root.resolve("var"), machine.root.resolve("gone"));
    assertThat(machine.run("--prove").output()).contains("restarting into slot a");
    assertThat(block()).contains("slot=a\n");
  }

  /// Settings that the new system refuses, or a set-up machine whose settings it does not find.
  @Test
  void aSystemThatDoesNotTakeTheSettingsIsNotWell() throws Exception {
    Path settings = machine.root.resolve("var/lib/portcullis-appliance/settings");
    Files.writeString(Files.createDirectories(settings.getParent()).resolve("settings"), "role\n");
    for (String state : List.of("refused", "unconfigured")) {
      String before = block();
      assertThat(install(machine.system(FIRST)).exit()).isZero();
      triedByGrub("b");
      Files.writeString(machine.root.resolve("run/portcullis/state"), state + "\n");
      assertThat(machine.run("--prove").output()).as(state).contains("restarting into slot a");
      machine.runsSlot("a", "");
      Files.writeString(blockFile(), before);
    }
    Files.delete(settings);
    assertThat(install(machine.system(SECOND)).exit()).isZero();
    triedByGrub("b");
    Files.writeString(machine.root.resolve("run/portcullis/state"), "unconfigured\n");
    assertThat(machine.run("--prove").output()).contains("stays");
  }

  @Test
  void aFarmInTroubleEndsATrialOnlyIfItWasAskedBefore() throws Exception {
    Files.writeString(
        Files.createDirectories(machine.root.resolve("var/lib/portcullis")).resolve("operator.pem"),
        "an identity");
    assertThat(install(machine.system(FIRST)).exit()).isZero();
    assertThat(block()).contains("farm=no\n");
    triedByGrub("b");
    assertThat(machine.run("--prove").output()).contains("stays");
    machine.runsSlot("b", "");
    String nodes = "{\"startedAt\": 1}\n{\"startedAt\": 2}\n";
    Files.writeString(machine.root.resolve("farm-is-well"), nodes);
    MachineDirectory.Ran ran = machine.run(machine.system(SECOND).toString());
    assertThat(ran.exit()).as(ran.output()).isZero();
    triedByGrub("a");
    Files.delete(machine.root.resolve("farm-is-well"));
    assertThat(machine.run("--prove").output()).contains("restarting into slot b");
  }

  @Test
  void aRestartThatIsNotHeardIsForced() throws Exception {
    assertThat(install(machine.system(FIRST)).exit()).isZero();
    triedByGrub("b");
    Files.delete(machine.root.resolve("ready"));
    MachineDirectory.script(
        directory.resolve("bin/systemctl"), "echo \"$@\" >>$PORTCULLIS_ROOT/restarted; exit 1\n");
    assertThat(machine.run("--prove").exit()).isZero();
    assertThat(machine.root.resolve("restarted")).hasContent("reboot\nreboot --force --force");
    assertThat(machine.root.resolve("proc/sysrq-trigger")).hasContent("b");
  }

  @Test
  void whatCannotBeWrittenDownIsNotDone() throws Exception {
    Path system = machine.system(FIRST);
    Path stub = directory.resolve("bin/dd");
    MachineDirectory.script(
        stub,
        """
        for word; do case $word in of=*grubenv) exit 1 ;; esac; done
        exec /usr/bin/dd "$@"
        """);
    refused(system, "boot partition cannot be written");
    assertThat(Files.readAllBytes(machine.partition("b"))).containsOnly(0);
    Files.delete(stub);
    assertThat(install(system).exit()).isZero();
    triedByGrub("b");
    MachineDirectory.script(stub, "exit 1\n");
    assertThat(machine.run("--prove").output()).contains("cannot be written");
    assertThat(block()).contains("slot=a\n");
  }

  @Test
  void aBlockThatCannotBeUnderstoodIsNotWrittenOver() throws Exception {
    Path system = machine.system(FIRST);
    Files.writeString(blockFile(), "#".repeat(1024));
    assertThat(install(system).output()).contains("boot partition cannot be written");
    assertThat(blockFile()).hasContent("#".repeat(1024));
  }

  @Test
  void aSlotThatGrubCouldNotStartIsReplacedByTheNextSystem() throws Exception {
    Files.writeString(blockFile(), block().replace("slot=a", "slot=b"));
    assertThat(machine.run("--status").output()).contains("slot b: could not be started");
    assertThat(install(machine.system(FIRST)).exit()).isZero();
    assertThat(block()).contains("slot=a\n", "trial=b\n");
  }

  @Test
  void aTrialThatHasNotBegunIsCalledOff() throws Exception {
    assertThat(machine.run(machine.system(FIRST).toString(), "--without-farm", "--later").exit())
        .isZero();
    assertThat(machine.run("--back").output()).contains("slot b is not tried");
    assertThat(block()).contains("slot=a\n", "trial=\n");
  }

  @Test
  void aSystemIsKeptBesideTheReleasesOfTheNewOne() throws Exception {
    assertThat(install(machine.system(FIRST)).exit()).isZero();
    triedByGrub("b");
    MachineDirectory.Ran early =
        machine.run(machine.bundle(SECOND, "exit 0").toString(), "--without-farm");
    assertThat(early.output()).contains("on trial itself");
    assertThat(machine.run("--prove").exit()).isZero();
    assertThat(machine.run("--prove").output()).as("nothing is left to prove").isEmpty();
    assertThat(machine.run(machine.bundle(SECOND, "exit 0").toString(), "--without-farm").exit())
        .isZero();
    assertThat(machine.run("--back", "--system").exit()).isZero();
    assertThat(block()).contains("slot=b\n", "trial=a\n");
  }

  @Test
  void aSystemThatWouldBeTheLastIsNotBundled() throws Exception {
    machine.buildWith(machine.key("another"));
    MachineDirectory.Ran ran = machine.bundleOfSystem(FIRST, "0.2.0 2026-01-02 " + FIRST + "\n");
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.output()).contains("without this PORTCULLIS_SIGNING_KEY");
  }

  @Test
  void anOrdinaryStartProvesNothing() throws Exception {
    String before = block();
    Files.delete(machine.root.resolve("ready"));
    assertThat(machine.run("--prove").output()).isEmpty();
    assertThat(block()).isEqualTo(before);
    assertThat(machine.root.resolve("restarted")).doesNotExist();
  }

  @Test
  void aSystemOnTrialTakesNoOther() throws Exception {
    assertThat(install(machine.system(FIRST)).exit()).isZero();
    triedByGrub("b");
    MachineDirectory.Ran ran = install(machine.system(SECOND));
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.output()).contains("on trial itself");
    assertThat(Files.readAllBytes(machine.partition("a"))).containsOnly(0);
  }

  @Test
  void aReleaseBroughtToOneSystemIsNotUsedByTheOther() throws Exception {
    assertThat(machine.run(machine.bundle(FIRST, "exit 0").toString(), "--without-farm").exit())
        .isZero();
    assertThat(install(machine.system(SECOND)).exit()).isZero();
    triedByGrub("b");
    assertThat(machine.run("--status").output()).contains("in use: the image's own");
    machine.runsSlot("a", "");
    assertThat(machine.run("--status").output()).contains("in use: 0.2.0 (" + FIRST + ")");
  }

  @Test
  void aDamagedSystemIsRefusedBeforeAnythingIsWritten() throws Exception {
    Path good = machine.system(FIRST);
    refused(machine.tampered(good, "root.img.zst", "", ""), "damaged");
    refused(
        machine.tampered(good, "manifest", "portcullis system", "portcullis System"), "signature");
    machine.signWith(machine.key("stranger"));
    refused(machine.system(SECOND), "signature");
  }

  @Test
  void aSystemThatDoesNotFitIsRefused() throws Exception {
    Path system = machine.system(FIRST);
    Files.write(machine.partition("b"), new byte[1 << 20]);
    refused(system, "the partition has 1");
  }

  @Test
  void aDiskThatDoesNotKeepWhatIsWrittenIsFoundOut() throws Exception {
    Path system = machine.system(FIRST);
    MachineDirectory.script(
        directory.resolve("bin/dd"),
        """
        for word; do case $word in of=*vda4) cat >/dev/null; exit ;; esac; done
        exec /usr/bin/dd "$@"
        """);
    refused(system, "does not read as it was written");
  }

  @Test
  void aBootPartitionThatCannotBeReadChangesNothing() throws Exception {
    Path system = machine.system(FIRST);
    Files.delete(machine.root.resolve("dev/vda2"));
    refused(system, "boot partition cannot be read");
    MachineDirectory.Ran ran = machine.run("--status");
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.output()).contains("boot partition cannot be read");
  }

  /// The slot is half written when this ends; GRUB must never start it, whatever was there before.
  @Test
  void aSlotThatIsBeingWrittenIsNeverStarted() throws Exception {
    assertThat(install(machine.system(FIRST)).exit()).isZero();
    triedByGrub("b");
    assertThat(machine.run("--prove").exit()).isZero();
    MachineDirectory.script(
        directory.resolve("bin/dd"),
        """
        for word; do case $word in of=*vda3) exit 1 ;; esac; done
        exec /usr/bin/dd "$@"
        """);
    machine.runsSlot("b", "");
    assertThat(install(machine.system(SECOND)).output()).contains("could not be written");
    assertThat(block()).contains("slot=b\n", "trial=\n", "kept=\n");
    assertThat(machine.run("--back").exit()).isEqualTo(1);
  }

  private MachineDirectory.Ran install(Path bundle) throws Exception {
    return machine.run(bundle.toString(), "--without-farm");
  }

  private void refused(Path bundle, String why) throws Exception {
    MachineDirectory.Ran ran = install(bundle);
    assertThat(ran.exit()).as(ran.output()).isEqualTo(1);
    assertThat(ran.output()).contains(why);
    assertThat(block()).contains("slot=a\n").doesNotContain("trial=b");
    assertThat(machine.root.resolve("restarted")).doesNotExist();
  }

  /// What build.d/grub.cfg does with a trial.
  private void triedByGrub(String slot) throws IOException {
    assertThat(block()).contains("trial=" + slot + "\n");
    String tried = block().replaceAll("trial=.*\n", "trial=\n").replaceAll("tried=.*\n", "");
    tried = tried.replaceAll("#+$", "") + "tried=" + slot + "\n";
    Files.writeString(blockFile(), tried + "#".repeat(1024 - tried.length()));
    machine.runsSlot(slot, "portcullis.trial=" + slot);
    Files.writeString(machine.root.resolve("run/portcullis/state"), "configured\n");
    Files.deleteIfExists(machine.root.resolve("restarted"));
  }

  private Path blockFile() {
    return machine.root.resolve("run/portcullis/boot/grub/grubenv");
  }

  /// As GRUB reads it: its signature, lines, number signs, 1,024 bytes.
  private String block() throws IOException {
    String block = Files.readString(blockFile(), StandardCharsets.US_ASCII);
    assertThat(block).hasSize(1024).matches("(?s)# GRUB Environment Block\n([a-z_]+=[^\n]*\n)*#+");
    return block;
  }
}
