package io.portcullis.farm.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/// Times as operators write them: `90s`, `5m`, `1h`, `2d`.
final class Durations {
  private static final Pattern WORD = Pattern.compile("([1-9][0-9]{0,6})(ms|s|m|h|d)");

  private Durations() {}

  static Duration parse(String text) {
    Matcher word = WORD.matcher(text);
    if (!word.matches()) {
      throw new TypeConversionException("'" + text + "' is not a time; write 90s, 5m, 1h or 2d");
    }
    long number = Long.parseLong(word.group(1));
    return switch (word.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }
}
