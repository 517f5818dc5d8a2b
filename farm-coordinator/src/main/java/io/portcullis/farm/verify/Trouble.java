package io.portcullis.farm.verify;

import java.io.Serial;

/// A check that ended early, with its diagnosis.
final class Trouble extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final Diagnosis diagnosis;

  Trouble(Diagnosis diagnosis, String detail) {
    super(detail);
    this.diagnosis = diagnosis;
  }

  Diagnosis diagnosis() {
    return diagnosis;
  }

  String detail() {
    String message = getMessage();
    return message == null ? diagnosis.word() : message;
  }
}
