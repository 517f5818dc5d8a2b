package io.portcullis.proxy.snapshot;

import io.portcullis.proxy.limit.Access;
import io.portcullis.proxy.message.Networks;
import io.portcullis.proxy.rule.RuleTable;
import org.jspecify.annotations.Nullable;

/// What a listener does under one revision.
///
/// @param bind `host:port` the listener asks for, already overridden by the node's own settings
/// @param names TLS contexts by server name; null on a clear listener
/// @param balancers from where connections begin with a PROXY header
public record ListenerSnapshot(
    String name,
    String bind,
    RuleTable rules,
    @Nullable ServerNames names,
    Access access,
    Networks balancers) {

  /// Open to all, without limits, reached by clients themselves.
  public ListenerSnapshot(String name, String bind, RuleTable rules, @Nullable ServerNames names) {
    this(name, bind, rules, names, Access.OPEN);
  }

  /// Whether all rules of the public name that `host` meets may be reached over HTTP/2.
  public boolean speaksHttp2(byte[] host) {
    return rules.speaksHttp2(host);
  }

  public ListenerSnapshot(
      String name, String bind, RuleTable rules, @Nullable ServerNames names, Access access) {
    this(name, bind, rules, names, access, Networks.NONE);
  }
}
