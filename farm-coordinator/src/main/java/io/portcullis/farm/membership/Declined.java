package io.portcullis.farm.membership;

/// The farm does not do what a joiner or a token's maker asked: why, and what to do.
public final class Declined extends Exception {
  /// What is wrong: the asking, or the token.
  public enum Fault {
    REQUEST,
    TOKEN
  }

  private final Fault fault;
  private final String hint;

  public Declined(Fault fault, String message, String hint) {
    super(message);
    this.fault = fault;
    this.hint = hint;
  }

  public Fault fault() {
    return fault;
  }

  public String hint() {
    return hint;
  }
}
