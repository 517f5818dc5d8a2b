package io.portcullis.farm.codec;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Two document trees compared by name: elements of lists are known by their `name` or `host`, never by their index.
final class TreeDiff {
  private static final Map<String, String> WORDS =
      Map.of(
          "listeners", "listener",
          "certificates", "certificate",
          "pools", "pool",
          "rules", "rule",
          "members", "member",
          "virtualAddresses", "virtual addresses",
          "nodes", "node");

  private final List<String> lines = new ArrayList<>();

  private TreeDiff() {}

  static List<String> of(Map<String, Object> before, Map<String, Object> after) {
    TreeDiff diff = new TreeDiff();
    diff.maps("", before, after);
    return List.copyOf(diff.lines);
  }

  private void maps(String path, Map<?, ?> before, Map<?, ?> after) {
    for (Object key : union(before.keySet(), after.keySet())) {
      String at = path.isEmpty() ? "" + key : path + "." + key;
      values(at, "" + key, before.get(key), after.get(key));
    }
  }

  private void values(String path, String key, @Nullable Object before, @Nullable Object after) {
    if (before != null && before.equals(after)) {
      return;
    }
    if ((before instanceof Map || before == null) && (after instanceof Map || after == null)) {
      maps(path, asMap(before), asMap(after));
    } else if (named(before) && named(after)) {
      elements(path, key, byName(before), byName(after));
    } else if (before instanceof List<?> was && after instanceof List<?> is) {
      texts(path, was, is);
    } else if (before == null) {
      lines.add("+ %s: %s".formatted(path, shown(after)));
    } else if (after == null) {
      lines.add("- %s: %s".formatted(path, shown(before)));
    } else {
      lines.add("~ %s: %s -> %s".formatted(path, shown(before), shown(after)));
    }
  }

  private void elements(
      String path, String key, Map<String, Object> before, Map<String, Object> after) {
    String holder = path.contains("[") ? " of " + path.substring(0, path.lastIndexOf('.')) : "";
    String word = WORDS.getOrDefault(key, key) + " ";
    for (String name : union(before.keySet(), after.keySet())) {
      Object was = before.get(name);
      Object is = after.get(name);
      if (was == null && is != null) {
        lines.add("+ " + word + name + holder + summary(asMap(is)));
      } else if (is == null) {
        lines.add("- " + word + name + holder);
      } else {
        values(path + "[" + name + "]", name, was, is);
      }
    }
    List<String> kept = before.keySet().stream().filter(after::containsKey).toList();
    List<String> now = after.keySet().stream().filter(before::containsKey).toList();
    if (!kept.equals(now)) {
      lines.add("~ %s: order %s".formatted(path, String.join(", ", after.keySet())));
    }
  }

  private void texts(String path, List<?> before, List<?> after) {
    List<String> parts = new ArrayList<>();
    after.stream().filter(v -> !before.contains(v)).forEach(v -> parts.add("+" + shown(v)));
    before.stream().filter(v -> !after.contains(v)).forEach(v -> parts.add("-" + shown(v)));
    lines.add(
        "~ %s: %s"
            .formatted(path, parts.isEmpty() ? "order " + shown(after) : String.join(" ", parts)));
  }

  /// What a new element does, in a few words: a rule's names and target, a listener's address, a pool's members.
  private static String summary(Map<?, ?> element) {
    List<String> parts = new ArrayList<>();
    for (String key :
        List.of("listener", "publicNames", "paths", "bind", "externalFqdn", "addresses")) {
      Object value = element.get(key);
      if (value != null) {
        parts.add(value instanceof List<?> list ? joined(list) : "" + value);
      }
    }
    for (String key : List.of("pool", "redirect", "respond")) {
      Object value = element.get(key);
      if (value != null) {
        parts.add("-> " + (key.equals("pool") ? "" : key + " ") + value);
      }
    }
    if (element.get("members") instanceof List<?> members) {
      parts.add(joined(List.copyOf(byName(members).keySet())));
    }
    return parts.isEmpty() ? "" : ": " + String.join(" ", parts);
  }

  private static boolean named(@Nullable Object value) {
    return value == null
        || value instanceof List<?> list && list.stream().allMatch(e -> e instanceof Map);
  }

  /// Two of one name cannot be in a checked configuration; in an unchecked one the second is shown with its number.
  private static Map<String, Object> byName(@Nullable Object list) {
    Map<String, Object> elements = new LinkedHashMap<>();
    if (list instanceof List<?> all) {
      for (Object element : all) {
        Map<?, ?> keys = asMap(element);
        Object name = keys.get("name") == null ? keys.get("host") : keys.get("name");
        String unique = "" + name;
        for (int i = 2; elements.containsKey(unique); i++) {
          unique = name + "#" + i;
        }
        elements.put(unique, element);
      }
    }
    return elements;
  }

  private static Map<?, ?> asMap(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static <T> Set<T> union(Set<? extends T> a, Set<? extends T> b) {
    Set<T> union = new LinkedHashSet<>(a);
    union.addAll(b);
    return union;
  }

  private static String joined(List<?> list) {
    return String.join(",", list.stream().map(String::valueOf).toList());
  }

  private static String shown(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return joined(list);
    }
    String text = String.valueOf(value);
    return text.indexOf('\n') < 0 ? text : "(sha256 " + digest(text) + ")";
  }

  /// Enough of a digest to see that a bundle changed.
  private static String digest(String text) {
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sum, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
