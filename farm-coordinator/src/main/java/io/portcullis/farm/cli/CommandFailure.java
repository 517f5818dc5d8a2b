package io.portcullis.farm.cli;

import java.io.Serial;

/// A command that ends with a message: what is wrong, and the way out.
final class CommandFailure extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /// The exit codes of `farmctl`; 3, farm unreachable, comes from the client.
  static final int NOT_FINE = 1;

  static final int WRONG_USAGE = 2;

  private final int exitCode;
  private final String hint;

  private CommandFailure(int exitCode, String message, String hint) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }

  static CommandFailure notFine(String message, String hint) {
    return new CommandFailure(NOT_FINE, message, hint);
  }

  static CommandFailure wrongUsage(String message, String hint) {
    return new CommandFailure(WRONG_USAGE, message, hint);
  }

  int exitCode() {
    return exitCode;
  }

  String hint() {
    return hint;
  }
}
