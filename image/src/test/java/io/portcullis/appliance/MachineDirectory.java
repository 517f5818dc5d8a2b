package io.portcullis.appliance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A directory that stands for an appliance, with the real upgrade scripts, real keys and bundles. The services are stand-ins: a release
/// is well when its `farmctl` says so.
final class MachineDirectory {

  static final String FIRST = "1767225600";
  static final String SECOND = "1767312000";
  private static final Path IMAGE = Path.of("").toAbsolutePath();

  final Path directory;
  final Path root;
  private Path key;
  private Path imageKey;

  record Ran(int exit, String output) {}

  MachineDirectory(Path directory) throws Exception {
    this.directory = directory;
    root = directory.resolve("machine");
    key = key("release");
    imageKey = key;
    Path tools = Files.createDirectories(root.resolve("usr/lib/portcullis"));
    Files.createDirectories(root.resolve("var/lib"));
    Files.createDirectories(root.resolve("usr/bin"));
    for (String script : List.of("upgrade", "slots")) {
      Files.copy(IMAGE.resolve("tree/usr/lib/portcullis").resolve(script), tools.resolve(script));
    }
    Files.writeString(
        Files.createDirectories(root.resolve("usr/share/portcullis")).resolve("version"),
        "0.1.0 2026-01-01 1767000000\n");
    runsSlot("a", "");
    works(
        "openssl",
        "pkey",
        "-in",
        key.toString(),
        "-pubout",
        "-out",
        root.resolve("usr/share/portcullis/release.pub").toString());
    Path bin = Files.createDirectories(directory.resolve("bin"));
    script(
        bin.resolve("systemctl"),
        """
        [ "$1" != is-active ] || exit 1
        if [ "$1" = reboot ]; then echo "$@" >>$PORTCULLIS_ROOT/restarted; exit; fi
        current=$PORTCULLIS_ROOT/var/lib/portcullis-releases/current-a/farmctl
        if [ ! -e "$current" ] || bash "$current" well; then
          touch $PORTCULLIS_ROOT/ready
        else
          rm -f $PORTCULLIS_ROOT/ready
        fi
        """);
    script(bin.resolve("journalctl"), "echo 'what the node last said'\n");
    // What waits for a restart need not wait here.
    script(bin.resolve("sleep"), "[ \"$1\" -gt 1 ] || exec /usr/bin/sleep \"$1\"\n");
    // The boot partition's files lie where it would be mounted.
    script(bin.resolve("mount"), "[ -e $PORTCULLIS_ROOT/dev/vda2 ]\n");
    script(
        bin.resolve("findmnt"),
        """
        case $(<$PORTCULLIS_ROOT/proc/cmdline) in *slot=b*) n=4 ;; *) n=3 ;; esac
        echo $PORTCULLIS_ROOT/dev/vda$n
        """);
    script(bin.resolve("umount"), "true\n");
    script(bin.resolve("mountpoint"), "[ -e $PORTCULLIS_ROOT/var/lib ]\n");
    script(tools.resolve("ready"), "[ -e $PORTCULLIS_ROOT/ready ]\n");
    script(root.resolve("usr/bin/farmctl"), "cat $PORTCULLIS_ROOT/farm-is-well\n");
    Files.createFile(root.resolve("ready"));
    Files.createFile(Files.createDirectories(root.resolve("dev")).resolve("vda2"));
    Files.writeString(
        Files.createDirectories(root.resolve("run/portcullis/boot/grub")).resolve("grubenv"),
        "# GRUB Environment Block\nslot=a\n" + "#".repeat(1024 - 32));
    for (String slot : List.of("a", "b")) {
      Files.write(partition(slot), new byte[4 << 20]);
    }
  }

  /// What GRUB says on the kernel's command line.
  void runsSlot(String slot, String more) throws IOException {
    Files.writeString(
        Files.createDirectories(root.resolve("proc")).resolve("cmdline"),
        "BOOT_IMAGE=/boot/vmlinuz portcullis.slot=" + slot + " " + more + "\n");
  }

  Path partition(String slot) {
    return root.resolve(slot.equals("a") ? "dev/vda3" : "dev/vda4");
  }

  Path releases() {
    return root.resolve("var/lib/portcullis-releases");
  }

  Path key(String name) throws Exception {
    Path file = directory.resolve(name + ".key");
    works("openssl", "genpkey", "-algorithm", "ed25519", "-out", file.toString());
    return file;
  }

  /// Bundles are signed with this key from now on, of images that were built with it.
  void signWith(Path other) {
    key = other;
    imageKey = other;
  }

  /// Images are built with this key from now on.
  void buildWith(Path other) {
    imageKey = other;
  }

  /// Made by `image/bundle`, of a release whose `farmctl` and jars are a line each.
  Path bundle(String number, String farmctl) throws Exception {
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

  /// Made by `image/bundle --system` of a real file system, whose bytes are at the result's side, in `NAME.img`.
  Path system(String number) throws Exception {
    Ran ran = bundleOfSystem(number, "0.2.0 2026-01-02 " + number + "\n");
    assertThat(ran.exit()).as(ran.output()).isZero();
    return directory.resolve(number + "-system.bundle");
  }

  /// @param version what the image says of itself; it knows the key that stands for releases at this moment
  Ran bundleOfSystem(String number, String version) throws Exception {
    Path tree = directory.resolve("tree-" + number);
    Path share = Files.createDirectories(tree.resolve("usr/share/portcullis"));
    Files.writeString(share.resolve("version"), version);
    Path release = share.resolve("release.pub");
    works("openssl", "pkey", "-in", imageKey.toString(), "-pubout", "-out", release.toString());
    Path image = directory.resolve(number + ".img");
    works("mke2fs", "-q", "-t", "ext4", "-d", tree.toString(), image.toString(), "2M");
    Path file = directory.resolve(number + "-system.bundle");
    return run(
        Map.of(
            "PORTCULLIS_ROOT_IMAGE",
            image.toString(),
            "PORTCULLIS_SIGNING_KEY",
            key.toString(),
            "PATH",
            System.getenv("PATH") + ":/usr/sbin:/sbin"),
        "bash",
        IMAGE.resolve("bundle").toString(),
        "--system",
        file.toString());
  }

  /// A good bundle with one part changed and packed again.
  Path tampered(Path bundle, String part, String from, String to) throws Exception {
    Path parts = Files.createDirectories(directory.resolve("parts"));
    works("tar", "-C", parts.toString(), "-xf", bundle.toString());
    Path changed = parts.resolve(part);
    byte[] bytes = Files.readAllBytes(changed);
    if (from.isEmpty()) {
      bytes[bytes.length / 2] ^= 1;
      Files.write(changed, bytes);
    } else {
      Files.writeString(changed, Files.readString(changed).replace(from, to));
    }
    Path file = directory.resolve("tampered.bundle");
    String payload =
        Files.exists(parts.resolve("root.img.zst")) ? "root.img.zst" : "payload.tar.gz";
    works(
        "tar", "-C", parts.toString(), "-cf", file.toString(), "manifest", "manifest.sig", payload);
    return file;
  }

  Ran run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add("bash");
    command.add(root.resolve("usr/lib/portcullis/upgrade").toString());
    command.addAll(List.of(arguments));
    return run(environment(), command.toArray(String[]::new));
  }

  Map<String, String> environment() {
    return Map.of(
        "PORTCULLIS_ROOT",
        root.toString(),
        "PORTCULLIS_UPGRADE_PATIENCE",
        "5",
        "PATH",
        directory.resolve("bin") + ":" + System.getenv("PATH"));
  }

  static Ran run(Map<String, String> environment, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), output);
  }

  static void script(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/bash\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void works(String... command) throws Exception {
    Ran ran = run(Map.of("PATH", System.getenv("PATH") + ":/usr/sbin:/sbin"), command);
    assertThat(ran.exit()).as(ran.output()).isZero();
  }
}
