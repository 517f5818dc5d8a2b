package io.portcullis.farm.server;

/// The coordinator cannot start: what is in the way, where, and how out.
public final class StartFailed extends Exception {
  private final String hint;

  public StartFailed(String message, String hint) {
    super(message);
    this.hint = hint;
  }

  public StartFailed(String message, String hint, Throwable cause) {
    super(message, cause);
    this.hint = hint;
  }

  public String hint() {
    return hint;
  }
}
