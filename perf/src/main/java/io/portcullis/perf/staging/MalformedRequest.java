package io.portcullis.perf.staging;

import java.io.IOException;

/// A request that cannot be framed; answered with `status` and the connection closed.
final class MalformedRequest extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;

  MalformedRequest(int status, String message) {
    super(message);
    this.status = status;
  }

  int status() {
    return status;
  }
}
