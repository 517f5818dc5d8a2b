package io.portcullis.farm.cli;

import io.portcullis.farm.identity.SecretFiles;
import io.portcullis.farm.identity.ServerRequest;
import io.portcullis.farm.lync.LyncNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
      "Make a key and a certificate request with every name that a Lync topology publishes.",
      "Without NAME, only list the names. The key stays here; apply seals it into the farm."
    },
    footer = {
      "",
      "Example:  farmctl lync csr --file farm.yaml contoso        # contoso.key, contoso.csr",
      "          farmctl certificate import --file farm.yaml contoso answer.pem"
    })
final class CertificateRequest implements Callable<Integer> {
  private final Operator operator;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "The document. Default: what the farm runs.")
  private @Nullable Path file;

  @Option(names = "--dir", paramLabel = "DIR", description = "Where to write. Default: here.")
  private Path directory = Path.of("");

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "The certificate's name in the document.")
  private @Nullable String name;

  CertificateRequest(Operator operator) {
    this.operator = operator;
  }

  /// @param key file of the key, null if only names were asked for
  record Made(List<String> names, @Nullable String key, @Nullable String request) {}

  @Override
  public Integer call() throws Exception {
    List<String> names = LyncNames.certificate(LyncDocument.read(operator, file).lync());
    if (name == null) {
      operator.answer(new Made(names, null, null), () -> list(names));
      return 0;
    }
    Path key = CertificateFiles.key(operator, directory, name);
    Path csr = key.resolveSibling(name + ".csr");
    if (Files.exists(key)) {
      throw CommandFailure.notFine(
          key + " exists already",
          "a new key would make the certificate that belongs to it worthless: move it away first, or take another NAME");
    }
    ServerRequest made = ServerRequest.create(names);
    try {
      SecretFiles.write(key, made.keyPem());
      Files.writeString(csr, made.csrPem());
    } catch (IOException e) {
      throw CommandFailure.notFine(
          key.getParent() + " cannot be written: " + e.getMessage(), "name another --dir");
    }
    operator.answer(
        new Made(names, key.toString(), csr.toString()),
        () ->
            list(names)
                + "\nkey      %s (0600, stays here)\nrequest  %s\n".formatted(key, csr)
                + "  -> send the request to a public authority, then: farmctl certificate import %s ANSWER\n"
                    .formatted(name));
    return 0;
  }

  private static String list(List<String> names) {
    return "subject name\n  %s\nalternative names\n  %s\n"
        .formatted(names.getFirst(), String.join("\n  ", names));
  }
}
