package io.portcullis.appliance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The lines of a settings text by their word, and the problems found in them so far.
final class Lines {

  /// A page of settings; a hundred hosts fit many times.
  static final int MAX_CHARACTERS = 64 << 10;

  private static final int MAX_PROBLEMS = 30;

  /// One line: `word rest`.
  record Line(int number, String word, String rest) {
    List<String> words() {
      return rest.isEmpty() ? List.of() : List.of(rest.split("\\s+"));
    }
  }

  private final Map<String, List<Line>> byWord = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();

  Lines(String text, List<String> known) {
    if (text.length() > MAX_CHARACTERS) {
      problem(
          "the settings",
          "are longer than " + MAX_CHARACTERS + " characters",
          "leave out what is no setting");
      return;
    }
    int number = 0;
    for (String raw : text.lines().toList()) {
      number++;
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] parts = line.split("\\s+", 2);
      String word =
          parts[0].endsWith(":") ? parts[0].substring(0, parts[0].length() - 1) : parts[0];
      if (known.contains(word)) {
        byWord
            .computeIfAbsent(word, _ -> new ArrayList<>())
            .add(new Line(number, word, parts.length == 1 ? "" : parts[1]));
      } else {
        problem("line " + number, "\"" + cut(word) + "\" is no setting", nearest(word, known));
      }
    }
  }

  List<Line> all(String word) {
    return byWord.getOrDefault(word, List.of());
  }

  /// The only line of this word; a second one is a problem.
  Optional<Line> one(String word) {
    List<Line> lines = all(word);
    lines.stream()
        .skip(1)
        .forEach(line ->
            problem(
                line, "is said already in line " + lines.getFirst().number(), "keep one of them"));
    return lines.stream().findFirst();
  }

  void problem(Line line, String what, String hint) {
    problem("line " + line.number() + ", " + line.word(), what, hint);
  }

  void problem(String where, String what, String hint) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(where + ": " + what + "\n  -> " + hint);
    }
  }

  List<String> problems() {
    return List.copyOf(problems);
  }

  private static String nearest(String word, List<String> known) {
    return known.stream()
        .filter(candidate -> distance(word, candidate) <= 2)
        .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
        .map(candidate -> "did you mean \"" + candidate + "\"?")
        .orElse("known are: " + String.join(", ", known));
  }

  private static String cut(String word) {
    return word.length() > 40 ? word.substring(0, 40) + "..." : word;
  }

  /// Levenshtein's.
  private static int distance(String a, String b) {
    if (Math.abs(a.length() - b.length()) > 2) {
      return 3;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replace, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
