package io.portcullis.perf.load;

/// What became of a request that did not succeed: one closed list, used by the counts, the progress line and the report.
sealed interface Outcome {

  /// The word it is counted under.
  String word();

  enum Lost implements Outcome {
    /// No TCP connection: refused, unreachable, or no local port left.
    CONNECT("connect"),
    /// No TLS: a failed handshake, or a certificate that is not trusted for this name.
    TLS("tls"),
    /// Closed before the answer was complete.
    CLOSED("closed"),
    /// No complete answer in time.
    TIMEOUT("timeout"),
    /// Something else than HTTP, or an answer of the wrong length.
    BAD_ANSWER("bad-answer"),
    /// Due, but never begun: as many as allowed were in flight. The generator's bound, or the target too slow for the rate.
    NOT_STARTED("not-started"),
    /// Still in flight when the run ended and its grace was over.
    UNFINISHED("unfinished");

    private final String word;

    Lost(String word) {
      this.word = word;
    }

    @Override
    public String word() {
      return word;
    }
  }

  /// A complete answer with a status code that is not the right one.
  record WrongStatus(int status) implements Outcome {
    @Override
    public String word() {
      return "status-" + status;
    }
  }
}
