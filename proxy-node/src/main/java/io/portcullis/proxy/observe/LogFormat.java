package io.portcullis.proxy.observe;

import java.util.function.Supplier;

/// How a record becomes a line. One instance belongs to the writer's thread.
interface LogFormat {

  /// What a new file begins with.
  void head(LogBuffer out);

  void line(AccessRecord one, LogBuffer out);

  /// What `--access-log-format` can say.
  enum Kind {
    JSON,
    W3C;

    LogFormat of(Supplier<String> node, LogClock clock) {
      return switch (this) {
        case JSON -> new JsonLines(node, clock);
        case W3C -> new W3cLines(node, clock);
      };
    }
  }
}
