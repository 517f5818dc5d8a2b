package io.portcullis.farm.api.client;

import java.io.Serial;

/// Why the farm did not do what an operator asked: what happened, and the way out.
///
/// The message is one sentence (or one line per address tried), the hint the next step; both are fit to print as they are.
public final class AdminException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /// Every way to fail, with the exit code it gives `farmctl`.
  public enum Reason {
    /// The farm answered no: wrong role, unknown thing, a document it refuses, an error of its own.
    REFUSED(1),
    /// Someone else changed the farm since the operator looked.
    CONFLICT(1),
    /// The request may or may not have been carried out: the answer was lost.
    UNCERTAIN(1),
    /// There is no usable identity file to speak with.
    IDENTITY(2),
    /// No coordinator could be reached.
    UNREACHABLE(3);

    private final int exitCode;

    Reason(int exitCode) {
      this.exitCode = exitCode;
    }

    public int exitCode() {
      return exitCode;
    }
  }

  private final Reason reason;
  private final String hint;

  public AdminException(Reason reason, String message, String hint) {
    super(message);
    this.reason = reason;
    this.hint = hint;
  }

  public AdminException(Reason reason, String message, String hint, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.hint = hint;
  }

  public Reason reason() {
    return reason;
  }

  public int exitCode() {
    return reason.exitCode();
  }

  /// What to do about it, one sentence; may be empty.
  public String hint() {
    return hint;
  }

  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message == null ? reason.name() : message;
  }
}
