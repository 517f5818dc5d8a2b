package io.portcullis.farm.cli;

import io.portcullis.farm.migrate.ArrImport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `farmctl import arr`: a document out of the configuration of an IIS server with Application Request Routing.
@Command(
    name = "arr",
    description = {
      "Print a document made from an ARR server's applicationHost.config.",
      "What could not be carried stands at its head, and on standard error."
    },
    footer = {
      "",
      "Example:  farmctl import arr applicationHost.config > farm.yaml",
      "          farmctl apply farm.yaml --dry-run"
    })
final class ImportArr implements Callable<Integer> {
  /// IIS keeps everything in this file, and it stays below a megabyte; more is another file.
  private static final long MAX_BYTES = 16L << 20;

  private final Operator operator;

  @Option(
      names = "--farm",
      paramLabel = "NAME",
      description = "Name of the farm. Default: imported.")
  private String farm = "imported";

  @Parameters(
      paramLabel = "FILE",
      description = "%%windir%%\\System32\\inetsrv\\config\\applicationHost.config of that server.")
  private Path file = Path.of("");

  ImportArr(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Path named = operator.file(file);
    try {
      if (Files.size(named) > MAX_BYTES) {
        throw new IOException("it is larger than " + (MAX_BYTES >> 20) + " MB");
      }
      ArrImport.Result result = ArrImport.read(Files.readAllBytes(named), farm);
      operator.answer(result, result::document);
      result
          .left()
          .forEach(
              sentence -> operator.terminal.err().println("not carried: " + Text.safe(sentence)));
      operator.terminal.err().flush();
      return 0;
    } catch (IOException e) {
      throw CommandFailure.wrongUsage(
          named + " cannot be read: " + e.getMessage(),
          "name the applicationHost.config of the ARR server");
    }
  }
}
