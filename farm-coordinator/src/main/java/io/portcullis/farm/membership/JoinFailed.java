package io.portcullis.farm.membership;

/// This machine did not join: what happened, and what to do.
public final class JoinFailed extends Exception {
  private final String hint;

  JoinFailed(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  JoinFailed(String message, String hint, Throwable cause) {
    super(message, cause);
    this.hint = hint;
  }

  public String hint() {
    return hint;
  }
}
