package io.portcullis.perf.staging;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The part of some content a client asked for (RFC 9110 section 14); several ranges at once are answered whole, as allowed.
///
/// @param to exclusive
record ByteRange(Verdict verdict, long from, long to) {

  private static final Pattern ONE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

  enum Verdict {
    WHOLE,
    PART,
    UNSATISFIABLE
  }

  static ByteRange requested(@Nullable String header, long length) {
    Matcher one = ONE.matcher(header == null ? "" : header);
    if (!one.matches() || (one.group(1).isEmpty() && one.group(2).isEmpty())) {
      return new ByteRange(Verdict.WHOLE, 0, length);
    }
    long from;
    long to = length;
    if (one.group(1).isEmpty()) {
      from = Math.max(0, length - Long.parseLong(one.group(2)));
    } else {
      from = Long.parseLong(one.group(1));
      if (!one.group(2).isEmpty()) {
        long last = Long.parseLong(one.group(2));
        if (last < from) {
          return new ByteRange(Verdict.WHOLE, 0, length);
        }
        to = Math.min(length, last + 1);
      }
    }
    return from < to
        ? new ByteRange(Verdict.PART, from, to)
        : new ByteRange(Verdict.UNSATISFIABLE, 0, 0);
  }
}
