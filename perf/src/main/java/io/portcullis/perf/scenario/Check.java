package io.portcullis.perf.scenario;

/// One limit of a scenario.
///
/// @param limit what has to hold, in words
/// @param seen what was seen
record Check(String limit, String seen, boolean kept) {

  static Check of(String limit, Object seen, boolean kept) {
    return new Check(limit, String.valueOf(seen), kept);
  }
}
