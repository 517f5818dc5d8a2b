package io.portcullis.farm.codec;

import io.portcullis.farm.model.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.Node;

/// One pass over one document: every place seen in it, and every problem found so far.
///
/// A value that could not be read is replaced by a harmless one and its path remembered as bad. `keep` then tells a
/// real later finding from one that only echoes a bad value.
final class Reading {
  private final String source;
  private final Map<String, Mark> places = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private final Set<String> bad = new HashSet<>();
  private final Set<String> aboveBad = new HashSet<>();
  private final Set<String> doubted = new HashSet<>();

  Reading(String source) {
    this.source = source;
  }

  void seen(String path, Node node) {
    places.putIfAbsent(path, node.getStartMark());
  }

  /// Reports a value that cannot be read.
  void error(String path, Node node, String message, String hint) {
    markBad(path);
    problems.add(Problem.error(shown(path), at(message, node.getStartMark()), hint));
  }

  /// Reports a key that cannot be understood; what seems to be missing beside it may be what it meant.
  void strayKey(String section, String path, Node key, String message, String hint) {
    doubted.add(section);
    problems.add(Problem.error(shown(path), at(message, key.getStartMark()), hint));
  }

  /// Keeps still about a key that is missing because it was misspelt.
  void excuse(String path) {
    markBad(path);
  }

  int errors() {
    return problems.size();
  }

  List<Problem> problems() {
    return problems;
  }

  /// Takes a finding of a later check, with its place, unless it follows from something reported already.
  void keep(Problem finding) {
    if (!echoes(finding.path())) {
      Mark mark = nearest(finding.path());
      String message = mark == null ? finding.message() : at(finding.message(), mark);
      problems.add(new Problem(finding.path(), finding.severity(), message, finding.hint()));
    }
  }

  private boolean echoes(String path) {
    if (aboveBad.contains(path)) {
      return true;
    }
    for (String p = path; !p.isEmpty(); p = parent(p)) {
      if (bad.contains(p)) {
        return true;
      }
    }
    return doubted.contains(path) || !places.containsKey(path) && doubted.contains(parent(path));
  }

  private void markBad(String path) {
    bad.add(path);
    for (String p = parent(path); !p.isEmpty(); p = parent(p)) {
      aboveBad.add(p);
    }
  }

  private @Nullable Mark nearest(String path) {
    for (String p = path; !p.isEmpty(); p = parent(p)) {
      Mark mark = places.get(p);
      if (mark != null) {
        return mark;
      }
    }
    return null;
  }

  private static String parent(String path) {
    int end = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
    return end < 0 ? "" : path.substring(0, end);
  }

  private String shown(String path) {
    return path.isEmpty() ? source : path;
  }

  private String at(String message, Mark mark) {
    return "%s (%s:%d:%d)".formatted(message, source, mark.getLine() + 1, mark.getColumn() + 1);
  }
}
