package io.portcullis.proxy.rule;

import io.portcullis.proxy.message.RequestHead;
import java.util.List;

/// The rules of one listener. Pure: values in, a value out, safe for any thread.
///
/// **Specificity decides, not the order of the document.** The name is chosen first: an exact public name before a
/// one-label wildcard before `*`. Then, among the rules of *that* name, the longest path prefix. A path that the chosen
/// name does not publish is refused; it does not fall through to a wider name, so a catch-all never publishes what an
/// exact rule left out. Hence the discovery rule of port 80 needs no place "first in the list" next to a redirect for `*`.
///
/// **Paths are compared decoded, and forwarded raw.** A prefix matches at segment borders, without regard to ASCII case,
/// against the percent-decoded path with `\` taken as `/`, repeated slashes collapsed and dot segments resolved, because
/// that is how IIS reads it. A denied prefix of any rule of the name wins over every published one.
public interface RuleTable {

  /// Name under which requests are refused that no rule publishes.
  String DEFAULT_DENY = "default-deny";

  Decision decide(RequestHead head);

  /// Whether every rule of the public name that `host` (with any case, port or trailing dot) meets may be reached over HTTP/2. What is decided
  /// before a path is known must hold for all paths.
  default boolean speaksHttp2(byte[] host) {
    return false;
  }

  /// What the table was made from, for people who want to see it.
  default List<Rule> rules() {
    return List.of();
  }

  static RuleTable of(List<Rule> rules) {
    return new HashedRules(rules);
  }
}
