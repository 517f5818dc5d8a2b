package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.identity.SecretFiles;
import io.portcullis.farm.identity.ServerRequest;
import io.portcullis.farm.lync.LyncNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `farmctl lync csr` and `farmctl certificate request`: the names a certificate has to carry, a key, and the request for it.
@Command(
    name = "csr",
    description = {
      "Make a key in the farm and the request for a certificate with every name that a Lync topology publishes.",
      "The key is sealed and never leaves the farm. Without NAME, only list the names."
    },
    footer = {
      "",
      "Example:  farmctl lync csr --file farm.yaml contoso        # contoso.csr",
      "          farmctl certificate import --file farm.yaml contoso answer.pem"
    })
final class CertificateRequest implements Callable<Integer> {
  private final Operator operator;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "The document. Default: what the farm runs.")
  private @Nullable Path file;

  @Option(
      names = "--public-name",
      paramLabel = "HOST",
      description =
          "A name it has to carry; repeat for more. Default: every name of the document's topology.")
  private List<String> given = new ArrayList<>();

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Make the key here instead, as a file, and no farm is asked.")
  private @Nullable Path directory;

  @Option(
      names = "--again",
      description = "Throw away the key of a request that waits under this name.")
  private boolean again;

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "The certificate's name in the document.")
  private @Nullable String name;

  CertificateRequest(Operator operator) {
    this.operator = operator;
  }

  /// @param key file of the key; null if it lies in the farm, or only names were asked for
  record Made(List<String> names, @Nullable String key, @Nullable String request) {}

  @Override
  public Integer call() throws Exception {
    List<String> names =
        given.isEmpty()
            ? LyncNames.certificate(LyncDocument.read(operator, file).lync())
            : List.copyOf(given);
    if (name == null) {
      operator.answer(new Made(names, null, null), () -> list(names));
      return 0;
    }
    return directory == null ? inTheFarm(name, names) : here(name, names, directory);
  }

  private int inTheFarm(String certificate, List<String> names) throws Exception {
    Path csr =
        CertificateFiles.key(operator, Path.of(""), certificate)
            .resolveSibling(certificate + ".csr");
    Wire.CertificateCsr made =
        operator
            .client()
            .requestCertificate(new Wire.CertificateRequest(certificate, names, again));
    write(csr, made.csr());
    operator.answer(
        new Made(made.names(), null, csr.toString()),
        () ->
            list(made.names())
                + "\nkey      %s\nrequest  %s\n"
                    .formatted(
                        made.fresh()
                            ? "sealed in the farm, which it never leaves"
                            : "waits in the farm already, this is its request once more",
                        csr)
                + next(certificate, ""));
    return 0;
  }

  private int here(String certificate, List<String> names, Path where) throws Exception {
    Path key = CertificateFiles.key(operator, where, certificate);
    Path csr = key.resolveSibling(certificate + ".csr");
    if (Files.exists(key)) {
      throw CommandFailure.notFine(
          key + " exists already",
          "a new key would make the certificate that belongs to it worthless: move it away first, or take another NAME");
    }
    ServerRequest made = ServerRequest.create(names);
    try {
      SecretFiles.write(key, made.keyPem());
    } catch (IOException e) {
      throw unwritable(key, e);
    }
    write(csr, made.csrPem());
    operator.answer(
        new Made(names, key.toString(), csr.toString()),
        () ->
            list(names)
                + "\nkey      %s (0600, stays here)\nrequest  %s\n".formatted(key, csr)
                + next(certificate, "--dir " + where + " "));
    return 0;
  }

  private static void write(Path csr, String text) throws CommandFailure {
    try {
      Files.writeString(csr, text);
    } catch (IOException e) {
      throw unwritable(csr, e);
    }
  }

  private static CommandFailure unwritable(Path file, IOException e) {
    return CommandFailure.notFine(
        file + " cannot be written: " + e.getMessage(), "try again in another directory");
  }

  private static String next(String name, String more) {
    return "  -> send the request to a public authority, then: farmctl certificate import %s%s ANSWER\n"
        .formatted(more, name);
  }

  private static String list(List<String> names) {
    return "subject name\n  %s\nalternative names\n  %s\n"
        .formatted(names.getFirst(), String.join("\n  ", names));
  }
}
