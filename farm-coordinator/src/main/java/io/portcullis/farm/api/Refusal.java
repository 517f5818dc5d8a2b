package io.portcullis.farm.api;

/// An answer that is not 2xx: status, what happened, what to do.
final class Refusal extends Exception {
  private final int status;
  private final String hint;

  Refusal(int status, String message, String hint) {
    super(message);
    this.status = status;
    this.hint = hint;
  }

  int status() {
    return status;
  }

  String hint() {
    return hint;
  }
}
