package io.portcullis.farm.codec;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/// A mapping of the document whose keys are all known. Reading a value reports what is wrong with it and goes on with
/// the fallback, so that one bad value does not hide the next.
final class Section {
  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,9}");

  /// A host name may have 253 characters; more of a value than that only hides the message.
  private static final int LONGEST_QUOTE = 253;

  private final Reading reading;
  private final Node node;
  private final String path;
  private final Map<String, Node> values;

  /// Known keys that misspelt ones probably stand for.
  private final Set<String> meant;

  private Section(
      Reading reading, Node node, String path, Map<String, Node> values, Set<String> meant) {
    this.reading = reading;
    this.node = node;
    this.path = path;
    this.values = values;
    this.meant = meant;
  }

  /// A value in a list, with its path.
  record Item(Node node, String path) {}

  /// The mapping at `path`; null, and a problem, if it is something else.
  static @Nullable Section of(Reading reading, Node node, String path, Keys keys) {
    reading.seen(path, node);
    if (!(node instanceof MappingNode mapping)) {
      reading.error(
          path, node, "must be a section of keys, is " + kind(node), "write " + keys.example());
      return null;
    }
    Map<String, Node> values = new LinkedHashMap<>();
    Set<String> meant = new HashSet<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Node key = tuple.getKeyNode();
      String word = key instanceof ScalarNode scalar ? shortened(scalar.getValue()) : "?";
      String at = path.isEmpty() ? word : path + "." + word;
      if (!keys.has(word)) {
        reading.strayKey(path, at, key, "unknown key \"" + word + "\"", keys.hintFor(word));
        meant.add(keys.nearest(word));
      } else if (values.putIfAbsent(word, tuple.getValueNode()) != null) {
        reading.strayKey(
            path, at, key, "key \"" + word + "\" is given twice", "keep one of the two");
      } else {
        reading.seen(at, tuple.getValueNode());
      }
    }
    return new Section(reading, mapping, path, values, meant);
  }

  String path() {
    return path;
  }

  String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  @Nullable Node value(String key) {
    return values.get(key);
  }

  /// Reports something wrong with the whole section.
  void error(String message, String hint) {
    reading.error(path, node, message, hint);
  }

  /// Reports a key that must be there, unless a misspelt one in this section stands for it.
  void missing(String key, String hint) {
    if (misspelt(key)) {
      reading.excuse(path(key));
    } else {
      reading.error(path(key), node, "\"" + key + "\" is missing", hint);
    }
  }

  boolean misspelt(String key) {
    return meant.contains(key);
  }

  void errorAt(String key, String message, String hint) {
    reading.error(path(key), values.getOrDefault(key, node), message, hint);
  }

  /// Text that must be there; "" and a problem otherwise.
  String requiredText(String key, String example) {
    if (!has(key)) {
      missing(key, "add %s: %s".formatted(key, example));
      return "";
    }
    String text = text(key);
    return text == null ? "" : text;
  }

  /// Text, or null if it is absent or was reported.
  @Nullable String text(String key) {
    Node value = values.get(key);
    return value == null ? null : text(value, path(key));
  }

  private @Nullable String text(Node value, String at) {
    if (value instanceof ScalarNode scalar && scalar.getTag().equals(Tag.STR)) {
      return scalar.getValue();
    }
    String hint =
        value instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)
            ? "put it in quotes: \"" + shortened(scalar.getValue()) + "\""
            : "give it a value or remove the key";
    reading.error(at, value, "must be text, is " + kind(value), hint);
    return null;
  }

  int number(String key, int fallback) {
    Node value = values.get(key);
    if (value == null) {
      return fallback;
    }
    if (value instanceof ScalarNode scalar
        && scalar.isPlain()
        && WHOLE_NUMBER.matcher(scalar.getValue()).matches()) {
      return Integer.parseInt(scalar.getValue());
    }
    errorAt(key, "must be a whole number, is " + kind(value), "write it without quotes or unit");
    return fallback;
  }

  boolean flag(String key) {
    Node value = values.get(key);
    if (value instanceof ScalarNode scalar
        && scalar.isPlain()
        && (scalar.getValue().equals("true") || scalar.getValue().equals("false"))) {
      return scalar.getValue().equals("true");
    }
    if (value != null) {
      errorAt(key, "must be true or false, is " + kind(value), "write true or false");
    }
    return false;
  }

  Duration duration(String key, Duration fallback) {
    Node value = values.get(key);
    if (value == null) {
      return fallback;
    }
    Duration read = value instanceof ScalarNode s ? Durations.parse(s.getValue()) : null;
    if (read == null) {
      errorAt(
          key, "must be a duration, is " + kind(value), "write a number with ms, s, m or h: 30m");
      return fallback;
    }
    return read;
  }

  /// One of a closed set of words.
  <E> E word(String key, Map<String, E> words, E fallback) {
    Node value = values.get(key);
    if (value == null) {
      return fallback;
    }
    E read = value instanceof ScalarNode scalar ? words.get(scalar.getValue()) : null;
    if (read == null) {
      errorAt(key, "is " + kind(value), "write one of " + String.join(", ", words.keySet()));
      return fallback;
    }
    return read;
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (Item item : items(key)) {
      String text = text(item.node(), item.path());
      if (text != null) {
        texts.add(text);
      }
    }
    return texts;
  }

  List<Item> items(String key) {
    Node value = values.get(key);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof SequenceNode sequence)) {
      errorAt(key, "must be a list, is " + kind(value), "write [a, b] or one \"- \" line each");
      return List.of();
    }
    List<Item> items = new ArrayList<>();
    for (Node item : sequence.getValue()) {
      String at = path(key) + "[" + items.size() + "]";
      reading.seen(at, item);
      items.add(new Item(item, at));
    }
    return items;
  }

  /// The section under `key`; null if it is absent or was reported.
  @Nullable Section section(String key, Keys keys) {
    Node value = values.get(key);
    return value == null ? null : of(reading, value, path(key), keys);
  }

  /// Names chosen by the operator, each with its text.
  Map<String, String> table(String key) {
    Node value = values.get(key);
    Map<String, String> table = new LinkedHashMap<>();
    if (value instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        String name = tuple.getKeyNode() instanceof ScalarNode s ? shortened(s.getValue()) : "?";
        String at = path(key) + "[" + name + "]";
        reading.seen(at, tuple.getKeyNode());
        String text = text(tuple.getValueNode(), at);
        if (table.containsKey(name)) {
          reading.error(at, tuple.getKeyNode(), "\"" + name + "\" is given twice", "keep one");
        } else if (text != null) {
          table.put(name, text);
        }
      }
    } else if (value != null) {
      errorAt(key, "must be a table of name: address, is " + kind(value), "write {name: address}");
    }
    return table;
  }

  static String kind(Node node) {
    return switch (node) {
      case MappingNode _ -> "a section";
      case SequenceNode _ -> "a list";
      case ScalarNode scalar when scalar.getTag().equals(Tag.NULL) -> "empty";
      case ScalarNode scalar -> "\"" + shortened(scalar.getValue()) + "\"";
      default -> "something else";
    };
  }

  /// Enough of a value to recognise it, and nothing that a terminal would obey.
  static String shortened(String value) {
    String line = value.lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", "?");
    return line.length() > LONGEST_QUOTE ? line.substring(0, LONGEST_QUOTE) + "..." : line;
  }
}
