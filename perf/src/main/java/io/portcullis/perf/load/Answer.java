package io.portcullis.perf.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A complete answer. Head and body are empty unless the request keeps its answer.
///
/// @param head status line and header lines, one character per byte
/// @param bodyBytes how many arrived, kept or not
record Answer(int status, String head, String body, long bodyBytes, boolean reusable) {

  /// Every value of a header, in order.
  List<String> values(String name) {
    List<String> values = new ArrayList<>();
    String prefix = name.toLowerCase(Locale.ROOT) + ":";
    for (String line : head.split("\r\n")) {
      if (line.toLowerCase(Locale.ROOT).startsWith(prefix)) {
        values.add(line.substring(prefix.length()).strip());
      }
    }
    return values;
  }
}
