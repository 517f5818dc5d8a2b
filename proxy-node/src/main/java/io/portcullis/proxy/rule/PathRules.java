package io.portcullis.proxy.rule;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What one public name publishes: denied prefixes, then published ones from the longest to the shortest.
final class PathRules {

  private static final class Entry {
    /// Decoded, lower case, without a slash at the end: empty for `/`.
    final byte[] prefix;

    final Decision outcome;

    Entry(byte[] prefix, Decision outcome) {
      this.prefix = prefix;
      this.outcome = outcome;
    }

    boolean covers(byte[] path, int start, int end) {
      int border = start + prefix.length;
      return border <= end
          && (prefix.length == 0 || border == end || path[border] == '/')
          && Ascii.startsWithLower(prefix, path, start);
    }
  }

  private final Entry[] denied;
  private final Entry[] published;
  private final boolean http2;
  private final Decision unpublished =
      new Decision.Reject(
          RuleTable.DEFAULT_DENY, 404, "no rule publishes this path under this name");

  /// @param rules of one name; of two that publish the same path the first wins
  PathRules(List<Rule> rules) {
    List<Entry> denies = new ArrayList<>();
    List<Entry> publishes = new ArrayList<>();
    for (Rule rule : rules) {
      Decision refusal = new Decision.Reject(rule.name(), 404, "the rule denies this path");
      rule.deny().forEach(path -> denies.add(new Entry(prefix(path), refusal)));
      rule.paths().forEach(path -> publishes.add(new Entry(prefix(path), rule.outcome())));
    }
    publishes.sort(Comparator.comparingInt((Entry e) -> e.prefix.length).reversed());
    http2 = rules.stream().allMatch(Rule::http2);
    denied = denies.toArray(Entry[]::new);
    published = publishes.toArray(Entry[]::new);
  }

  private static byte[] prefix(String path) {
    byte[] raw = path.toLowerCase(Locale.ROOT).getBytes(UTF_8);
    byte[] decoded = CanonicalPath.of(raw, 0, raw.length);
    boolean slashAtEnd = decoded.length > 0 && decoded[decoded.length - 1] == '/';
    return slashAtEnd ? java.util.Arrays.copyOf(decoded, decoded.length - 1) : decoded;
  }

  boolean speakHttp2() {
    return http2;
  }

  Decision decide(byte[] bytes, int start, int end) {
    if (CanonicalPath.isCanonical(bytes, start, end)) {
      return match(bytes, start, end);
    }
    byte[] decoded = CanonicalPath.of(bytes, start, end);
    byte[] loose = CanonicalPath.loosely(decoded);
    Decision refusal = refusal(loose, 0, loose.length);
    return refusal != null ? refusal : match(decoded, 0, decoded.length);
  }

  private @Nullable Decision refusal(byte[] path, int start, int end) {
    for (Entry entry : denied) {
      if (entry.covers(path, start, end)) {
        return entry.outcome;
      }
    }
    return null;
  }

  private Decision match(byte[] path, int start, int end) {
    Decision refusal = refusal(path, start, end);
    if (refusal != null) {
      return refusal;
    }
    for (Entry entry : published) {
      if (entry.covers(path, start, end)) {
        return entry.outcome;
      }
    }
    return unpublished;
  }
}
