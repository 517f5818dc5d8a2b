package io.portcullis.farm.migrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Patterns of URL Rewrite that mean nothing but names and path prefixes. All others are left to a person.
final class ArrPatterns {
  private static final Pattern HOST =
      Pattern.compile("(\\*\\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?");

  /// Segments of plain characters, with what may follow them.
  private static final Pattern BELOW =
      Pattern.compile(
          "\\^?/?\\(?([A-Za-z0-9._/-]+?)/?(\\(/?\\.\\*\\)\\??|/?\\.\\*|/?\\*|\\(\\.\\*\\))?\\)?\\$?");

  private static final List<String> EVERYTHING =
      List.of("*", ".*", "(.*)", "^(.*)$", "^.*$", "^(.*)", "");

  private ArrPatterns() {}

  /// Host names of a pattern for HTTP_HOST; null if it means something else.
  static @Nullable List<String> hosts(String pattern, boolean wildcard) {
    String text = pattern.strip();
    if (!wildcard) {
      text = text.replaceFirst("^\\^", "").replaceFirst("\\$$", "");
      if (text.startsWith("(") && text.endsWith(")")) {
        text = text.substring(1, text.length() - 1);
      }
    }
    List<String> hosts = new ArrayList<>();
    for (String one : wildcard ? new String[] {text} : text.split("\\|")) {
      String host = one.strip().replace("\\.", ".").toLowerCase(Locale.ROOT);
      if (!HOST.matcher(host).matches()) {
        return null;
      }
      hosts.add(host);
    }
    return hosts;
  }

  /// The path prefix of a pattern for the URL, `/` for everything; null if it means something else.
  static @Nullable String path(String pattern) {
    if (EVERYTHING.contains(pattern.strip())) {
      return "/";
    }
    Matcher below = BELOW.matcher(pattern.strip());
    if (!below.matches() || below.group(2) == null) {
      return null;
    }
    return "/" + below.group(1).replaceFirst("/$", "");
  }
}
