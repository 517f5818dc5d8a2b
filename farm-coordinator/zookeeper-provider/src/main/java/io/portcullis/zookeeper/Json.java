package io.portcullis.zookeeper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// As much of JSON (RFC 8259) as two records of a farm need: a server's class path has no parser that could be counted on.
///
/// Objects are maps, arrays are lists, numbers are whole and `Long`. Anything else is an [IllegalArgumentException].
final class Json {
  /// The records are two deep.
  private static final int DEEPEST = 8;

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  static @Nullable Object read(String text) {
    Json json = new Json(text);
    Object value = json.value(0);
    json.blank();
    if (json.at != text.length()) {
      throw json.bad();
    }
    return value;
  }

  private @Nullable Object value(int depth) {
    if (depth > DEEPEST) {
      throw bad();
    }
    blank();
    char first = at < text.length() ? text.charAt(at) : 0;
    switch (first) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"':
        return string();
      case 't':
        return word("true", true);
      case 'f':
        return word("false", false);
      case 'n':
        return word("null", null);
      default:
        return number();
    }
  }

  private Map<String, @Nullable Object> object(int depth) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    at++;
    if (is('}')) {
      return object;
    }
    do {
      blank();
      String key = string();
      if (!is(':')) {
        throw bad();
      }
      object.put(key, value(depth + 1));
    } while (is(','));
    if (!is('}')) {
      throw bad();
    }
    return object;
  }

  private List<@Nullable Object> array(int depth) {
    List<@Nullable Object> array = new ArrayList<>();
    at++;
    if (is(']')) {
      return array;
    }
    do {
      array.add(value(depth + 1));
    } while (is(','));
    if (!is(']')) {
      throw bad();
    }
    return array;
  }

  private String string() {
    if (at >= text.length() || text.charAt(at) != '"') {
      throw bad();
    }
    StringBuilder said = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return said.toString();
      }
      said.append(c == '\\' ? escaped() : c);
    }
    throw bad();
  }

  private char escaped() {
    at++;
    char c = at < text.length() ? text.charAt(at) : 0;
    switch (c) {
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case '"':
      case '\\':
      case '/':
        return c;
      case 'u':
        if (at + 4 >= text.length()) {
          throw bad();
        }
        char code = (char) Integer.parseInt(text.substring(at + 1, at + 5), 16);
        at += 4;
        return code;
      default:
        throw bad();
    }
  }

  private Long number() {
    int from = at;
    while (at < text.length() && "-0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return Long.valueOf(text.substring(from, at));
  }

  private @Nullable Object word(String word, @Nullable Object value) {
    if (!text.startsWith(word, at)) {
      throw bad();
    }
    at += word.length();
    return value;
  }

  private boolean is(char wanted) {
    blank();
    boolean here = at < text.length() && text.charAt(at) == wanted;
    at += here ? 1 : 0;
    return here;
  }

  private void blank() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private IllegalArgumentException bad() {
    return new IllegalArgumentException("not JSON at character " + at);
  }
}
