package io.portcullis.perf.staging;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `/scripted/MILLIS/EVERY/NAME`: answers that many milliseconds late, and every so manyth with 500 (0: none), counted for each
/// path by itself. A pool that is a little worse, to the digit, for those who want to see whether a tool notices.
final class Script {

  private static final String PREFIX = "/scripted/";
  private static final Pattern PATH =
      Pattern.compile("/scripted/([0-9]{1,5})/([0-9]{1,6})/([a-z0-9-]{1,40})");

  /// More names than any test has; beyond it somebody makes them up.
  private static final int MOST_PATHS = 1000;

  private Script() {}

  static boolean concerns(String path) {
    return path.startsWith(PREFIX);
  }

  static Answer answer(ConcurrentHashMap<String, AtomicLong> asked, String path)
      throws InterruptedException {
    Matcher script = PATH.matcher(path);
    if (!script.matches() || asked.size() >= MOST_PATHS) {
      return Answer.text(404, "/scripted/MILLIS/EVERY/NAME\n");
    }
    long number = asked.computeIfAbsent(path, _ -> new AtomicLong()).incrementAndGet();
    Thread.sleep(Long.parseLong(script.group(1)));
    long every = Long.parseLong(script.group(2));
    return every > 0 && number % every == 0
        ? Answer.text(500, "as the script says\n")
        : Answer.text(200, "answer " + number + "\n");
  }
}
