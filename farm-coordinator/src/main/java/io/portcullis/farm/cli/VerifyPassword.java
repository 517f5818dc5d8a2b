package io.portcullis.farm.cli;

import io.portcullis.farm.verify.SignIn;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Who signs in, with the password from a file, or typed.
final class VerifyPassword {
  private VerifyPassword() {}

  static SignIn signIn(Operator operator, String user, @Nullable Path file) throws CommandFailure {
    String password = Passphrase.of(operator, "Password of " + user, file);
    if (password.isEmpty()) {
      throw CommandFailure.wrongUsage("the password is empty", "nobody signs in without one");
    }
    return SignIn.of(user, password);
  }
}
