package io.portcullis.perf.demo;

import java.io.Serial;

/// A step that did not work, in words for the person who watches: what, where the log is, its last lines.
public final class DemoFailure extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  DemoFailure(String message) {
    super(message);
  }

  DemoFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /// The same failure with the end of the log of the process concerned.
  static DemoFailure of(String what, Child child) {
    return new DemoFailure(what + "\n" + child.lastWords());
  }
}
