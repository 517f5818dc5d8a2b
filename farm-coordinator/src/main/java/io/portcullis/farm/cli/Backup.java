package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Backups;
import io.portcullis.farm.identity.SecretFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `farmctl backup`: the whole farm in one file that only a passphrase opens.
@Command(
    name = "backup",
    description = {
      "Write the farm into one file that only a passphrase opens: configuration with its history, certificates and keys, the farm's CA and key.",
      "\"farmctl restore\" makes a new farm of it."
    },
    footer = {"", "Example:  farmctl backup --password-file farm.passphrase contoso-edge.backup"})
final class Backup implements Callable<Integer> {
  private final Operator operator;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "First line: the passphrase. Default: it is asked for.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--without-bindings",
      description =
          "Leave out which member owns which source; nodes that run tell a new farm what they know.")
  private boolean withoutBindings;

  @Parameters(index = "0", paramLabel = "FILE", description = "A new file.")
  private Path file = Path.of("");

  Backup(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Path target = operator.file(file);
    if (Files.exists(target)) {
      throw CommandFailure.wrongUsage(
          target + " is there already", "name a new file; backups are not overwritten");
    }
    String passphrase = Passphrase.chosen(operator, "Passphrase of the backup", passwordFile);
    Backups.Sealed made = operator.client().backup(passphrase, withoutBindings);
    byte[] sealed = Base64.getDecoder().decode(made.file());
    try {
      SecretFiles.write(target, sealed);
    } catch (IOException e) {
      throw CommandFailure.notFine(
          target + " cannot be written: " + e.getMessage(), "name a file on another disk");
    }
    operator.answer(
        Map.of(
            "file", target.toString(),
            "revision", made.revision(),
            "bytes", sealed.length),
        () -> words(target, made, sealed.length));
    return 0;
  }

  private static String words(Path target, Backups.Sealed made, int bytes) {
    return
"""
    backup   %s (%d KB)
    holds    revision %d and %d before it, %d certificates with their keys, %d requests, %d bindings, the farm's CA and key
%s      -> keep the passphrase elsewhere: without it the file is worth nothing, with it the file is the farm
      -> try it: farmctl restore %s --state EMPTY-DIRECTORY
"""
        .formatted(
            target,
            Math.ceilDiv(bytes, 1 << 10),
            made.revision(),
            Math.max(0, made.revisions() - 1),
            made.certificates(),
            made.requests(),
            made.bindings(),
            made.bindingsLeftOut() == 0
                ? ""
                : "         not the %d bindings: with them it would be too large for one answer\n"
                    .formatted(made.bindingsLeftOut()),
            target.getFileName());
  }
}
