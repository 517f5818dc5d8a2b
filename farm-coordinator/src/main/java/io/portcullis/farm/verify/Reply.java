package io.portcullis.farm.verify;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// An answer, as far as checks look at it.
///
/// @param headers name and value, in order, repeated ones repeated
record Reply(int status, List<Field> headers, String body) {
  Reply {
    headers = List.copyOf(headers);
  }

  record Field(String name, String value) {}

  List<String> all(String name) {
    return headers.stream()
        .filter(field -> field.name().equalsIgnoreCase(name))
        .map(Field::value)
        .toList();
  }

  @Nullable String first(String name) {
    List<String> all = all(name);
    return all.isEmpty() ? null : all.getFirst();
  }

  /// A node answered by itself: its answers carry an identifier, in the head and at the end of the page.
  boolean fromNode() {
    String id = first("X-Request-Id");
    return id != null && body.contains("\nrequest " + id);
  }

  boolean offersWindows() {
    return all("WWW-Authenticate").stream()
        .map(value -> value.toLowerCase(Locale.ROOT))
        .anyMatch(value -> value.startsWith("ntlm") || value.startsWith("negotiate"));
  }

  boolean html() {
    String type = first("Content-Type");
    return type != null && type.toLowerCase(Locale.ROOT).startsWith("text/html");
  }
}
