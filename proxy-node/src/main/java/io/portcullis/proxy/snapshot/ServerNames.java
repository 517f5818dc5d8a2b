package io.portcullis.proxy.snapshot;

import io.netty.handler.ssl.SslContext;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which certificate answers which server name: exact, then wildcard, then the default (RFC 6066 §3, LYNC.md §4.4).
///
/// @param exact lower-case names
/// @param wildcard `*.example.com` is kept as `example.com`
/// @param fallback answers clients without, or with an unknown, server name
/// @param all every distinct context, so that they can be released when the last snapshot with them is gone
public record ServerNames(
    Map<String, SslContext> exact,
    Map<String, SslContext> wildcard,
    SslContext fallback,
    List<SslContext> all) {

  public ServerNames {
    exact = Map.copyOf(exact);
    wildcard = Map.copyOf(wildcard);
    all = List.copyOf(all);
  }

  /// @param name as sent by the client, lower case; null if none was sent
  public SslContext contextFor(@Nullable String name) {
    if (name == null) {
      return fallback;
    }
    SslContext found = exact.get(name);
    if (found != null) {
      return found;
    }
    int dot = name.indexOf('.');
    found = dot < 0 ? null : wildcard.get(name.substring(dot + 1));
    return found != null ? found : fallback;
  }
}
