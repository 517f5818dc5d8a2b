package io.portcullis.farm.model;

/// One thing wrong with what an operator said, where it is, and the way out.
///
/// @param path where, as the operator wrote it: `pools[0].members[1].host`, or `farm.yaml:12:3` for a syntax error
/// @param severity whether it refuses the document
/// @param message what is wrong, one sentence without a full stop
/// @param hint what to do about it, one sentence without a full stop; may be empty when the message already says it
public record Problem(String path, Severity severity, String message, String hint) {

  public static Problem error(String path, String message, String hint) {
    return new Problem(path, Severity.ERROR, message, hint);
  }

  public static Problem warning(String path, String message, String hint) {
    return new Problem(path, Severity.WARNING, message, hint);
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  @Override
  public String toString() {
    String head = (isError() ? "error   " : "warning ") + path + ": " + message;
    return hint.isEmpty() ? head : head + "\n        -> " + hint;
  }
}
