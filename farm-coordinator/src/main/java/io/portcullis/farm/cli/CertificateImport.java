package io.portcullis.farm.cli;

import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.HeldCertificates;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.codec.CertificateChecks;
import io.portcullis.farm.codec.PemCertificates;
import io.portcullis.farm.lync.LyncNames;
import io.portcullis.farm.model.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `farmctl certificate import`: takes an authority's answer to its key, in the farm or in a directory, or a certificate that comes with its
/// key, and says what is missing.
@Command(
    name = "import",
    description = {
      "Check an authority's answer against the key that waits for it and the names to publish, and keep it.",
      "A certificate that comes with its key is one PKCS #12 file (.pfx, .p12), or PEM files and --key.",
      "Exit code 1 if a name is missing; nothing is kept if key and answer do not belong together."
    },
    footer = {
      "",
      "Example:  farmctl certificate import --file farm.yaml contoso answer.pem intermediate.pem",
      "          farmctl certificate import --password-file pfx.password contoso contoso.pfx"
    })
final class CertificateImport implements Callable<Integer> {
  private final Operator operator;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "The document. Default: what the farm runs.")
  private @Nullable Path file;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where the key lies as a file. Default: in the farm.")
  private @Nullable Path directory;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description =
          "The certificate's own key (PEM). Default: the one made by \"certificate request\".")
  private @Nullable Path keyFile;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "First line: the password of the PKCS #12 file. Default: it is asked for.")
  private @Nullable Path passwordFile;

  @Parameters(index = "0", paramLabel = "NAME", description = "As it was requested, or a new one.")
  private String name = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "ANSWER",
      description = "PEM files: the certificate, then its intermediates; or a PKCS #12 file.")
  private List<Path> answers = new ArrayList<>();

  CertificateImport(Operator operator) {
    this.operator = operator;
  }

  /// @param chain file of the chain; null if the farm holds it
  /// @param version in the farm's store; 0 for files
  /// @param missing names to publish that it does not carry
  record Imported(
      @Nullable String chain, int version, List<String> missing, List<Problem> problems) {}

  @Override
  public Integer call() throws Exception {
    BroughtAlong brought = BroughtAlong.read(operator, answers, keyFile, passwordFile);
    if (brought.keyPem() != null && directory != null) {
      throw CommandFailure.wrongUsage(
          "--dir is for answers to a key that lies there, and this certificate brings its own",
          "leave --dir away: the farm keeps both, sealed");
    }
    List<String> missing = missing(brought);
    Imported imported =
        directory == null
            ? intoTheFarm(brought, missing)
            : besideTheKey(brought.chainPem(), missing, directory);
    operator.answer(imported, () -> report(imported));
    return missing.isEmpty() ? 0 : CommandFailure.NOT_FINE;
  }

  private Imported intoTheFarm(BroughtAlong brought, List<String> missing) throws Exception {
    Wire.CertificateImported answer =
        operator
            .client()
            .importCertificate(
                name, new Wire.CertificateAnswer(brought.chainPem(), brought.keyPem()));
    if (answer.version() == 0) {
      throw unusable(answer.problems());
    }
    return new Imported(null, answer.version(), missing, answer.problems());
  }

  private Imported besideTheKey(String chain, List<String> missing, Path where) throws Exception {
    Path key = CertificateFiles.key(operator, where, name);
    List<Problem> problems =
        CertificateChecks.admit(
            name, chain, BroughtAlong.text(key), operator.terminal.time().instant());
    if (problems.stream().anyMatch(Problem::isError)) {
      throw unusable(problems);
    }
    Path written = key.resolveSibling(name + ".pem");
    Files.writeString(written, chain);
    return new Imported(written.toString(), 0, missing, problems);
  }

  private CommandFailure unusable(List<Problem> problems) {
    operator.terminal.err().print(ProblemText.render(problems, operator.terminal.colour()));
    operator.terminal.err().flush();
    return CommandFailure.notFine(
        "the answer cannot be used: " + ProblemText.count(problems), "nothing was kept");
  }

  private String report(Imported imported) {
    String problems = ProblemText.render(imported.problems(), operator.terminal.colour());
    String names =
        imported.missing().isEmpty()
            ? "every name that is wanted is in it\n"
            : "missing\n  %s\n  -> clients of these names see a warning or nothing: order it again with them\n"
                .formatted(String.join("\n  ", imported.missing()));
    String place =
        imported.chain() == null
            ? "kept     in the farm, version %d\n  -> in the document: {name: %s}, then farmctl apply\n"
                .formatted(imported.version(), name)
            : "chain    %s\n  -> in the document: {name: %s, chainFile: %s.pem, keyFile: %s.key}, then farmctl apply\n"
                .formatted(imported.chain(), name, name, name);
    return problems + names + place;
  }

  /// Names of the topology; for a document without one, those of the request that waits.
  private List<String> missing(BroughtAlong brought)
      throws CertificateException, AdminException, CommandFailure {
    List<X509Certificate> read = PemCertificates.read(brought.chainPem());
    if (read.isEmpty()) {
      throw CommandFailure.notFine(
          "there is no certificate in " + answers, "name PEM files: -----BEGIN CERTIFICATE-----");
    }
    List<String> carried = PemCertificates.names(read.getFirst());
    return wanted(brought.keyPem() != null).stream()
        .filter(wanted -> !PemCertificates.covers(carried, wanted))
        .toList();
  }

  private List<String> wanted(boolean ownKey) throws AdminException, CommandFailure {
    if (file == null && directory == null) {
      if (ownKey) {
        // Nobody said; "apply" refuses what the document then publishes without.
        return List.of();
      }
      for (HeldCertificates.Waiting waiting : operator.client().certificates().waiting()) {
        if (waiting.name().equals(name)) {
          return waiting.names();
        }
      }
      throw CommandFailure.notFine(
          "no request for \"" + name + "\" waits here",
          "\"farmctl certificate list\" shows which do; with a key of your own: --key FILE, --dir DIR, or a PKCS #12 file");
    }
    return LyncNames.certificate(LyncDocument.read(operator, file).lync());
  }
}
