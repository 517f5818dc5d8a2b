package io.portcullis.farm.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `farmctl restore`: makes an empty state directory that of a coordinator of the farm in a backup.
@Command(
    name = "restore",
    description = {
      "Prepare an empty directory as the state of the first coordinator of a new farm: the one of the backup.",
      "Run it where that coordinator will run; every coordinator of the old farm must be gone for good."
    },
    footer = {
      "",
      "Example:  farmctl restore contoso-edge.backup --state /var/lib/portcullis",
      "          farmctl coordinator run --state /var/lib/portcullis"
    })
final class Restore implements Callable<Integer> {
  /// What a backup may have, and a quarter more.
  private static final long MAX_BYTES = 16L << 20;

  private final Operator operator;
  private final Restoring restoring;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "First line: the passphrase. Default: it is asked for.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "An empty directory, or none yet. Default: /var/lib/portcullis.")
  private Path state = JoinFarm.DEFAULT_STATE;

  @Parameters(index = "0", paramLabel = "FILE", description = "Made by \"farmctl backup\".")
  private Path file = Path.of("");

  Restore(Operator operator, Restoring restoring) {
    this.operator = operator;
    this.restoring = restoring;
  }

  @Override
  public Integer call() throws Exception {
    Path source = operator.file(file);
    Path directory = operator.file(state);
    byte[] sealed = bytes(source);
    String passphrase =
        Passphrase.of(operator, "Passphrase of " + file.getFileName(), passwordFile);
    Restoring.Restored restored;
    try {
      restored = restoring.restore(sealed, passphrase, directory);
    } catch (IOException e) {
      throw CommandFailure.notFine(
          "nothing was restored from %s: %s".formatted(source, e.getMessage()),
          "mend what is named and try again; %s is as it was".formatted(directory));
    }
    operator.answer(
        Map.of(
            "farm", restored.farm(),
            "revision", restored.revision(),
            "made", restored.madeAt(),
            "state", directory.toString()),
        () ->
            """
            farm     %s as of %s, revision %d, %d certificates with their keys
            state    %s
            next: farmctl coordinator run --state %s
              -> at the addresses of the old coordinators its nodes and operators come back by themselves; elsewhere they join again
            """
                .formatted(
                    Text.safe(restored.farm()),
                    Text.safe(restored.madeAt()),
                    restored.revision(),
                    restored.certificates(),
                    directory,
                    directory));
    return 0;
  }

  private static byte[] bytes(Path source) throws CommandFailure {
    try {
      if (Files.size(source) > MAX_BYTES) {
        throw new IOException("it is larger than any backup");
      }
      return Files.readAllBytes(source);
    } catch (IOException e) {
      throw CommandFailure.wrongUsage(
          source + " cannot be read: " + e.getMessage(), "name a file made by \"farmctl backup\"");
    }
  }
}
