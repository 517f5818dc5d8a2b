package io.portcullis.farm.cli;

import java.nio.file.Path;

/// Where a certificate's key lies between the request and the document that names it.
final class CertificateFiles {
  private CertificateFiles() {}

  static Path key(Operator operator, Path directory, String name) throws CommandFailure {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
      throw CommandFailure.wrongUsage(
          "\"" + name + "\" is not a name", "letters, digits, dots, hyphens and underscores");
    }
    return operator.file(directory).resolve(name + ".key");
  }
}
