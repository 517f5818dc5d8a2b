package io.portcullis.farm.verify;

import org.jspecify.annotations.Nullable;

/// What one check came to.
///
/// @param check `V1` to `V18`
/// @param place the node or member asked, or the name of the world outside
/// @param subject what was asked: a name, a URL, an address
/// @param pool the pool it concerns, empty if none
/// @param diagnosis null unless failed
/// @param detail what was seen
/// @param nextStep what to do about it, empty unless failed
public record Finding(
    String check,
    String place,
    String subject,
    String pool,
    State state,
    @Nullable Diagnosis diagnosis,
    String detail,
    String nextStep) {

  public enum State {
    OK,
    /// Works, and will trouble somebody.
    WARNING,
    FAILED,
    /// Failed because of something that is reported in its own line.
    FOLLOWS,
    SKIPPED
  }

  static Finding ok(String check, String place, String subject, String pool, String detail) {
    return new Finding(check, place, subject, pool, State.OK, null, detail, "");
  }

  static Finding warning(String check, String place, String subject, String pool, String detail) {
    return new Finding(check, place, subject, pool, State.WARNING, null, detail, "");
  }

  static Finding skipped(String check, String place, String subject, String detail) {
    return new Finding(check, place, subject, "", State.SKIPPED, null, detail, "");
  }

  static Finding failed(
      String check, String place, String subject, String pool, Diagnosis what, String detail) {
    return new Finding(check, place, subject, pool, State.FAILED, what, detail, what.nextStep());
  }

  Finding with(Diagnosis other) {
    return failed(check, place, subject, pool, other, detail);
  }

  Finding following() {
    return new Finding(check, place, subject, pool, State.FOLLOWS, diagnosis, detail, "");
  }
}
