package io.portcullis.perf.micro;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The benchmarks there are, as JMH's own list has them, with what each says it models.
final class MicroList {

  private static final Pattern CLASS =
      Pattern.compile("^JMH S \\d+ (\\S+) S \\d+ \\S+ S \\d+ (\\S+)", Pattern.MULTILINE);

  private MicroList() {}

  /// Class names to what they model.
  static Map<String, String> distributions() {
    Map<String, String> all = new TreeMap<>();
    for (String name : benchmarks().keySet()) {
      all.put(name, distribution(name));
    }
    return all;
  }

  private static String distribution(String name) {
    try {
      Distribution said = Class.forName(name).getAnnotation(Distribution.class);
      return said == null ? "" : said.value();
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("JMH lists " + name + ", which is not here", e);
    }
  }

  /// Class names to their methods (or groups).
  private static Map<String, Set<String>> benchmarks() {
    Map<String, Set<String>> all = new TreeMap<>();
    try (InputStream list = MicroList.class.getResourceAsStream("/META-INF/BenchmarkList")) {
      if (list == null) {
        throw new IllegalStateException("JMH's list of benchmarks is missing; build again");
      }
      Matcher line = CLASS.matcher(new String(list.readAllBytes(), StandardCharsets.UTF_8));
      while (line.find()) {
        all.computeIfAbsent(line.group(1), _ -> new TreeSet<>()).add(line.group(2));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  static String text() {
    StringBuilder text = new StringBuilder();
    String own = MicroList.class.getPackageName() + ".";
    benchmarks()
        .forEach((name, methods) ->
            text.append(
                "%s (%s)%n    %s%n"
                    .formatted(
                        name.replace(own, ""), String.join(", ", methods), distribution(name))));
    return text.toString();
  }
}
