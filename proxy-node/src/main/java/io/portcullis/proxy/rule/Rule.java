package io.portcullis.proxy.rule;

import java.util.List;

/// One publishing rule of one listener, ready to be compiled into a [RuleTable].
///
/// @param publicNames exact host names, `*.example.com` for exactly one label, or `*` for any name
/// @param paths path prefixes; `/` is everything
/// @param deny path prefixes refused under every one of the public names
/// @param outcome what a request gets that this rule publishes
/// @param http2 whether the rule may be reached over HTTP/2
public record Rule(
    String name,
    List<String> publicNames,
    List<String> paths,
    List<String> deny,
    Decision outcome,
    boolean http2) {

  public Rule {
    publicNames = List.copyOf(publicNames);
    paths = List.copyOf(paths);
    deny = List.copyOf(deny);
  }

  /// A rule for HTTP/1.1 alone.
  public Rule(
      String name,
      List<String> publicNames,
      List<String> paths,
      List<String> deny,
      Decision outcome) {
    this(name, publicNames, paths, deny, outcome, false);
  }
}
