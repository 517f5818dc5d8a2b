package io.portcullis.farm.store;

import java.io.IOException;

/// The farm's store did not do what was asked; the message names the znode or the servers, and the cause.
public final class StoreException extends IOException {
  /// What a caller can do about it.
  public enum Kind {
    /// No quorum answered in time: the same call may work later.
    UNREACHABLE,
    /// This identity may not do that.
    DENIED,
    /// What was read cannot be understood, or what was to be written is too large.
    BAD_DATA,
    /// Another coordinator leads by now: nothing was written.
    DEPOSED
  }

  private final Kind kind;

  StoreException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  StoreException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /// A file that belongs to the store's address cannot be read.
  public static StoreException unreadable(String file, IOException cause) {
    return new StoreException(Kind.BAD_DATA, file + " cannot be read", cause);
  }

  public Kind kind() {
    return kind;
  }
}
