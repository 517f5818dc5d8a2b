package io.portcullis.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The upgrade script with real bundles and signatures, on a directory that stands for the machine. The services are stand-ins: a release
/// is well when its `farmctl` says so.
class UpgradeTest {

  private static final Path IMAGE = Path.of("").toAbsolutePath();
  private static final String FIRST = "1767225600";
  private static final String SECOND = "1767312000";

  @TempDir private Path directory = Path.of("");
  private Path machine = Path.of("");
  private Path key = Path.of("");

  private record Ran(int exit, String output) {}

  @BeforeEach
  void anApplianceWithAReleaseKey() throws Exception {
    machine = directory.resolve("machine");
    key = key("release");
    Path tools = Files.createDirectories(machine.resolve("usr/lib/portcullis"));
    Files.createDirectories(machine.resolve("var/lib"));
    Files.createDirectories(machine.resolve("usr/bin"));
    Files.copy(IMAGE.resolve("tree/usr/lib/portcullis/upgrade"), tools.resolve("upgrade"));
    Files.writeString(
        Files.createDirectories(machine.resolve("usr/share/portcullis")).resolve("version"),
        "0.1.0 2026-01-01 1767000000\n");
    assertThat(
            run(
                    Map.of(),
                    "openssl",
                    "pkey",
                    "-in",
                    key.toString(),
                    "-pubout",
                    "-out",
                    machine.resolve("usr/share/portcullis/release.pub").toString())
                .exit())
        .isZero();
    Path bin = Files.createDirectories(directory.resolve("bin"));
    script(
        bin.resolve("systemctl"),
        """
        [ "$1" != is-active ] || exit 1
        current=$PORTCULLIS_ROOT/var/lib/portcullis-releases/current/farmctl
        if [ ! -e "$current" ] || bash "$current" well; then
          touch $PORTCULLIS_ROOT/ready
        else
          rm -f $PORTCULLIS_ROOT/ready
        fi
        """);
    script(bin.resolve("journalctl"), "echo 'what the node last said'\n");
    script(tools.resolve("ready"), "[ -e $PORTCULLIS_ROOT/ready ]\n");
    script(machine.resolve("usr/bin/farmctl"), "cat $PORTCULLIS_ROOT/farm-is-well\n");
    Files.createFile(machine.resolve("ready"));
  }

  @Test
  void aGoodReleaseIsSwitchedToAndTheOneBeforeIsKept() throws Exception {
    Path bundle = bundle(FIRST, "exit 0");
    assertThat(upgrade(bundle)).isEqualTo(0);
    assertThat(inUse()).isEqualTo(FIRST);
    assertThat(releases().resolve("current/lib/portcullis.jar")).content().isEqualTo(FIRST);
    assertThat(releases().resolve("trial")).doesNotExist();
    assertThat(upgrade(bundle(SECOND, "exit 0"))).isEqualTo(0);
    assertThat(inUse()).isEqualTo(SECOND);
    assertThat(releases().resolve(FIRST)).isDirectory();
    assertThat(run("--back").exit()).isZero();
    assertThat(inUse()).isEqualTo(FIRST);
  }

  @Test
  void aReleaseThatDoesNotStartGoesBackToTheOneBefore() throws Exception {
    assertThat(upgrade(bundle(FIRST, "exit 0"))).isEqualTo(0);
    Ran ran = run(bundle(SECOND, "exit 1").toString(), "--without-farm");
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.output()).contains("going back", "what the node last said", "serves again");
    assertThat(inUse()).isEqualTo(FIRST);
    assertThat(machine.resolve("ready")).exists();
    assertThat(releases().resolve(SECOND)).doesNotExist();
    assertThat(releases().resolve("trial")).doesNotExist();
  }

  @Test
  void theFirstUpgradeGoesBackToTheImage() throws Exception {
    assertThat(upgrade(bundle(FIRST, "exit 1"))).isEqualTo(1);
    assertThat(releases().resolve("current")).doesNotExist();
    assertThat(machine.resolve("ready")).exists();
  }

  @Test
  void anUpgradeThatWasCutOffGoesBackAtTheNextStart() throws Exception {
    assertThat(upgrade(bundle(FIRST, "exit 0"))).isEqualTo(0);
    assertThat(upgrade(bundle(SECOND, "exit 0"))).isEqualTo(0);
    Files.writeString(releases().resolve("trial"), FIRST + "\n");
    assertThat(run("--settle").exit()).isZero();
    assertThat(inUse()).isEqualTo(FIRST);
    assertThat(releases().resolve("trial")).doesNotExist();
  }

  @Test
  void aTamperedManifestIsRefused() throws Exception {
    refused(tampered("manifest", "portcullis release 1", "portcullis release 1 "), "signature");
  }

  @Test
  void tamperedContentsAreRefused() throws Exception {
    refused(tampered("payload.tar.gz", "", ""), "damaged");
  }

  @Test
  void aBundleByAnotherKeyIsRefused() throws Exception {
    Path good = key;
    key = key("stranger");
    Path bundle = bundle(FIRST, "exit 0");
    key = good;
    refused(bundle, "signature");
  }

  @Test
  void aBundleThatWasCutOffIsRefusedWhereverItWas() throws Exception {
    byte[] whole = Files.readAllBytes(bundle(FIRST, "exit 0"));
    for (int length : new int[] {0, 100, 600, 2000, whole.length - 10_240}) {
      Path cut = directory.resolve("cut.bundle");
      Files.write(cut, Arrays.copyOf(whole, Math.max(0, length)));
      Ran ran = run(cut.toString(), "--without-farm");
      assertThat(ran.exit()).as("%d bytes: %s", length, ran.output()).isEqualTo(1);
      untouched();
    }
  }

  @Test
  void aFullDiskIsSaidBeforeAnythingIsWritten() throws Exception {
    script(directory.resolve("bin/df"), "printf 'Avail\\n1000000\\n'\n");
    refused(bundle(FIRST, "exit 0"), "must stay free");
  }

  /// The disk that fills while it is written: a small one, which is said to be large.
  @Test
  void aDiskThatFillsMeanwhileLeavesNothingBehind() throws Exception {
    script(directory.resolve("bin/df"), "printf 'Avail\\n1000000000000\\n'\n");
    Path bundle = bundle(FIRST, "exit 0");
    Files.createDirectories(releases());
    String script =
        "mount -t tmpfs -o size=512k tmpfs '%1$s'; bash '%2$s' '%3$s' --without-farm; echo \"exit $?\"; ls '%1$s'"
            .formatted(releases(), machine.resolve("usr/lib/portcullis/upgrade"), bundle);
    Ran ran = run(environment(), "unshare", "--mount", "sh", "-c", script);
    assertThat(ran.output()).contains("could not be written", "exit 1\nlock\n");
  }

  @Test
  void anOlderReleaseIsTakenOnlyWhenThatIsMeant() throws Exception {
    assertThat(upgrade(bundle(SECOND, "exit 0"))).isEqualTo(0);
    Path older = bundle(FIRST, "exit 0");
    assertThat(run(older.toString(), "--without-farm").output()).contains("is older");
    assertThat(inUse()).isEqualTo(SECOND);
    assertThat(run(older.toString(), "--without-farm", "--older").exit()).isZero();
    assertThat(inUse()).isEqualTo(FIRST);
  }

  @Test
  void aFarmThatIsNotWellIsNotMadeWorse() throws Exception {
    Path bundle = bundle(FIRST, "exit 0");
    assertThat(run(bundle.toString()).output()).contains("--without-farm");
    Ran ran = run(bundle.toString(), "--identity", "operator.pem");
    assertThat(ran.output()).contains("the farm is not well");
    untouched();
    String node = "{\"nodes\": [{\"id\": \"edge-1\", \"startedAt\": \"2026-11-22T00:00:00Z\"}";
    Files.writeString(machine.resolve("farm-is-well"), node + "]}");
    assertThat(run(bundle.toString(), "--identity", "operator.pem").output())
        .contains("no other node of the farm is alive");
    untouched();
    Files.writeString(
        machine.resolve("farm-is-well"), node + ", {\"id\": \"edge-2\", \"startedAt\": \"...\"}]}");
    assertThat(run(bundle.toString(), "--identity", "operator.pem").exit()).isZero();
    assertThat(inUse()).isEqualTo(FIRST);
  }

  @Test
  void anImageWithoutReleaseKeyTakesNone() throws Exception {
    Files.delete(machine.resolve("usr/share/portcullis/release.pub"));
    refused(bundle(FIRST, "exit 0"), "without a release key");
  }

  private void refused(Path bundle, String why) throws Exception {
    Ran ran = run(bundle.toString(), "--without-farm");
    assertThat(ran.exit()).as(ran.output()).isEqualTo(1);
    assertThat(ran.output()).contains(why);
    untouched();
  }

  private void untouched() throws IOException {
    assertThat(releases().resolve("current")).doesNotExist();
    assertThat(releases().resolve("trial")).doesNotExist();
    try (var left = Files.list(releases())) {
      assertThat(left.filter(Files::isDirectory)).isEmpty();
    }
  }

  private Path releases() {
    return machine.resolve("var/lib/portcullis-releases");
  }

  private String inUse() throws IOException {
    return Files.readSymbolicLink(releases().resolve("current")).toString();
  }

  private Path key(String name) throws Exception {
    Path file = directory.resolve(name + ".key");
    assertThat(
            run(Map.of(), "openssl", "genpkey", "-algorithm", "ed25519", "-out", file.toString())
                .exit())
        .isZero();
    return file;
  }

  /// Made by `image/bundle`, of a release whose `farmctl` and jars are a line each.
  private Path bundle(String number, String farmctl) throws Exception {
    Path checkout = directory.resolve("checkout-" + number);
    Files.createDirectories(checkout.resolve("image"));
    Path lib = Files.createDirectories(checkout.resolve("lib"));
    Files.writeString(lib.resolve("portcullis.jar"), number);
    byte[] large = new byte[1 << 20];
    new Random(1).nextBytes(large);
    Files.write(lib.resolve("large.jar"), large);
    Files.copy(
        IMAGE.resolve("bundle"),
        checkout.resolve("image/bundle"),
        StandardCopyOption.REPLACE_EXISTING);
    Files.writeString(checkout.resolve("pom.xml"), "  <version>0.2.0</version>\n");
    script(checkout.resolve("farmctl"), farmctl + "\n");
    Path file = directory.resolve(number + ".bundle");
    Ran ran =
        run(
            Map.of(
                "SOURCE_DATE_EPOCH",
                number,
                "PORTCULLIS_LIB",
                lib.toString(),
                "PORTCULLIS_SIGNING_KEY",
                key.toString()),
            "bash",
            checkout.resolve("image/bundle").toString(),
            file.toString());
    assertThat(ran.exit()).as(ran.output()).isZero();
    return file;
  }

  /// A good bundle with one part changed and packed again.
  private Path tampered(String part, String from, String to) throws Exception {
    Path parts = Files.createDirectories(directory.resolve("parts"));
    String bundle = bundle(FIRST, "exit 0").toString();
    assertThat(run(Map.of(), "tar", "-C", parts.toString(), "-xf", bundle).exit()).isZero();
    Path changed = parts.resolve(part);
    byte[] bytes = Files.readAllBytes(changed);
    if (from.isEmpty()) {
      bytes[bytes.length / 2] ^= 1;
      Files.write(changed, bytes);
    } else {
      Files.writeString(changed, Files.readString(changed).replace(from, to));
    }
    Path file = directory.resolve("tampered.bundle");
    assertThat(
            run(
                    Map.of(),
                    "tar",
                    "-C",
                    parts.toString(),
                    "-cf",
                    file.toString(),
                    "manifest",
                    "manifest.sig",
                    "payload.tar.gz")
                .exit())
        .isZero();
    return file;
  }

  private int upgrade(Path bundle) throws Exception {
    return run(bundle.toString(), "--without-farm").exit();
  }

  private Ran run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add("bash");
    command.add(machine.resolve("usr/lib/portcullis/upgrade").toString());
    command.addAll(List.of(arguments));
    return run(environment(), command.toArray(String[]::new));
  }

  private Map<String, String> environment() {
    return Map.of(
        "PORTCULLIS_ROOT",
        machine.toString(),
        "PORTCULLIS_UPGRADE_PATIENCE",
        "5",
        "PATH",
        directory.resolve("bin") + ":" + System.getenv("PATH"));
  }

  private static Ran run(Map<String, String> environment, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), output);
  }

  private static void script(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/bash\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
