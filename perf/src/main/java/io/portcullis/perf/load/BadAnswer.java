package io.portcullis.perf.load;

/// What came is not an HTTP/1.1 answer, or breaks its own framing.
final class BadAnswer extends Exception {
  private static final long serialVersionUID = 1;

  BadAnswer(String message) {
    super(message);
  }
}
