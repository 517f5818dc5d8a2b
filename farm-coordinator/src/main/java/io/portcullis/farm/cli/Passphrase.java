package io.portcullis.farm.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A password or passphrase: from a file, or typed without being shown. Never an argument, which everybody on the machine can read.
final class Passphrase {
  /// Windows takes 127 characters, some clients 256.
  private static final int MAX_BYTES = 1024;

  private Passphrase() {}

  /// @param what it is for: "Password of alice"
  static String of(Operator operator, String what, @Nullable Path file) throws CommandFailure {
    return file == null ? asked(what) : read(operator.file(file));
  }

  /// The same, typed twice: for what it is to lock.
  static String chosen(Operator operator, String what, @Nullable Path file) throws CommandFailure {
    String first = of(operator, what, file);
    if (file == null && !first.equals(asked(what + ", again"))) {
      throw CommandFailure.wrongUsage("these were two different ones", "try again");
    }
    return first;
  }

  /// Whether there is a console object without a terminal depends on the Java and its modules.
  @SuppressWarnings("SystemConsoleNull")
  private static String asked(String what) throws CommandFailure {
    Console console = System.console();
    char[] typed =
        console == null || !console.isTerminal() ? null : console.readPassword("%s: ", what);
    if (typed == null) {
      throw CommandFailure.wrongUsage(
          "there is no terminal to ask for it: " + what, "give it in a file: --password-file FILE");
    }
    return new String(typed);
  }

  private static String read(Path file) throws CommandFailure {
    try {
      Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(file);
      if (allowed.contains(PosixFilePermission.GROUP_READ)
          || allowed.contains(PosixFilePermission.OTHERS_READ)) {
        throw CommandFailure.wrongUsage(
            "others may read the password in " + file, "close it: chmod 600 " + file);
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException("it is larger than " + MAX_BYTES + " bytes");
      }
      return Files.readString(file).lines().findFirst().orElse("");
    } catch (IOException e) {
      throw CommandFailure.wrongUsage(
          file + " cannot be read: " + e.getMessage(),
          "name a file whose first line is the password");
    }
  }
}
