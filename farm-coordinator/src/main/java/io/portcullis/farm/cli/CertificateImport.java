package io.portcullis.farm.cli;

import io.portcullis.farm.codec.CertificateChecks;
import io.portcullis.farm.codec.PemCertificates;
import io.portcullis.farm.lync.LyncNames;
import io.portcullis.farm.model.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `farmctl certificate import`: takes an authority's answer, says what is missing, and lays it beside its key.
@Command(
    name = "import",
    description = {
      "Check an authority's answer against its key and the names to publish, and keep it beside the key.",
      "Exit code 1 if a name or the chain is missing; nothing is written if key and answer do not belong together."
    },
    footer = {"", "Example:  farmctl certificate import --file farm.yaml contoso answer.pem"})
final class CertificateImport implements Callable<Integer> {
  private static final long MAX_ANSWER_BYTES = 1L << 20;

  private final Operator operator;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "The document. Default: what the farm runs.")
  private @Nullable Path file;

  @Option(names = "--dir", paramLabel = "DIR", description = "Where the key lies. Default: here.")
  private Path directory = Path.of("");

  @Parameters(index = "0", paramLabel = "NAME", description = "As it was requested.")
  private String name = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "ANSWER",
      description = "PEM files: the certificate, then its intermediates.")
  private List<Path> answers = new ArrayList<>();

  CertificateImport(Operator operator) {
    this.operator = operator;
  }

  /// @param missing names to publish that it does not carry
  record Imported(String chain, List<String> missing, List<Problem> problems) {}

  @Override
  public Integer call() throws Exception {
    List<String> wanted = LyncNames.certificate(LyncDocument.read(operator, file).lync());
    Path key = CertificateFiles.key(operator, directory, name);
    StringBuilder chain = new StringBuilder();
    for (Path answer : answers) {
      chain.append(text(operator.file(answer))).append('\n');
    }
    List<Problem> problems =
        CertificateChecks.check(
            name, chain.toString(), text(key), operator.terminal.time().instant());
    if (problems.stream().anyMatch(Problem::isError)) {
      operator.terminal.err().print(ProblemText.render(problems, operator.terminal.colour()));
      operator.terminal.err().flush();
      throw CommandFailure.notFine(
          "the answer cannot be used: " + ProblemText.count(problems), "nothing was written");
    }
    Path written = key.resolveSibling(name + ".pem");
    Files.writeString(written, chain);
    List<String> missing = missing(chain.toString(), wanted);
    Imported imported = new Imported(written.toString(), missing, problems);
    operator.answer(imported, () -> report(imported));
    return missing.isEmpty() ? 0 : CommandFailure.NOT_FINE;
  }

  private String report(Imported imported) {
    String problems = ProblemText.render(imported.problems(), operator.terminal.colour());
    String names =
        imported.missing().isEmpty()
            ? "every name of the topology is in it\n"
            : "missing\n  %s\n  -> clients of these names see a warning or nothing: order it again with them\n"
                .formatted(String.join("\n  ", imported.missing()));
    return problems
        + names
        + "chain    %s\n  -> in the document: {name: %s, chainFile: %s.pem, keyFile: %s.key}, then farmctl apply\n"
            .formatted(imported.chain(), name, name, name);
  }

  private static List<String> missing(String chain, List<String> wanted)
      throws CertificateException {
    X509Certificate leaf = PemCertificates.read(chain).getFirst();
    List<String> carried =
        PemCertificates.names(leaf).stream().map(n -> n.toLowerCase(Locale.ROOT)).toList();
    return wanted.stream()
        .filter(name -> !carried.contains(name))
        .filter(name -> !carried.contains("*" + name.substring(name.indexOf('.'))))
        .toList();
  }

  private static String text(Path file) throws CommandFailure {
    try {
      if (Files.size(file) > MAX_ANSWER_BYTES) {
        throw new IOException("it is larger than " + (MAX_ANSWER_BYTES >> 20) + " MB");
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw CommandFailure.wrongUsage(
          file + " cannot be read: " + e.getMessage(),
          "make the key with farmctl lync csr NAME, and name the authority's PEM answer");
    }
  }
}
