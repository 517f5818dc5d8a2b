package io.portcullis.farm.cli;

import io.portcullis.farm.verify.SignIn;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The password of whoever signs in: from a file, or typed without being shown. Never an argument, which everybody on the machine
/// can read.
final class VerifyPassword {
  /// Windows takes 127 characters, some clients 256.
  private static final int MAX_BYTES = 1024;

  private VerifyPassword() {}

  static SignIn signIn(Operator operator, String user, @Nullable Path file) throws CommandFailure {
    String password = file == null ? asked(user) : read(operator.file(file));
    if (password.isEmpty()) {
      throw CommandFailure.wrongUsage("the password is empty", "nobody signs in without one");
    }
    return SignIn.of(user, password);
  }

  /// Whether there is a console object without a terminal depends on the Java and its modules.
  @SuppressWarnings("SystemConsoleNull")
  private static String asked(String user) throws CommandFailure {
    Console console = System.console();
    char[] typed =
        console == null || !console.isTerminal()
            ? null
            : console.readPassword("Password of %s: ", user);
    if (typed == null) {
      throw CommandFailure.wrongUsage(
          "there is no terminal to ask for the password of " + user,
          "give it in a file: --password-file FILE");
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
