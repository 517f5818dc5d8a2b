package io.portcullis.proxy.snapshot;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Which certificate answers which server name: exact, then wildcard, then the default (RFC 6066 §3); and of an RSA
/// and an elliptic one for the same name, the one the client can verify at the lower price.
///
/// @param exact lower-case names
/// @param wildcard `*.example.com` is kept as `example.com`
/// @param fallback answers clients without, or with an unknown, server name
/// @param all every identity once
public record ServerNames(
    Map<String, NameIdentities> exact,
    Map<String, NameIdentities> wildcard,
    NameIdentities fallback,
    List<ServerIdentity> all) {

  public ServerNames {
    exact = Map.copyOf(exact);
    wildcard = Map.copyOf(wildcard);
    all = List.copyOf(all);
  }

  /// @param name as sent by the client, lower case; null if none was sent
  /// @param verifies whether the client can verify a key of this kind
  public ServerIdentity choose(@Nullable String name, Predicate<KeyKind> verifies) {
    return identities(name).choose(verifies);
  }

  /// Some name may end up speaking HTTP/2.
  public boolean offersHttp2() {
    return fallback.plain().http2() != null;
  }

  private NameIdentities identities(@Nullable String name) {
    if (name == null) {
      return fallback;
    }
    NameIdentities found = exact.get(name);
    if (found != null) {
      return found;
    }
    int dot = name.indexOf('.');
    found = dot < 0 ? null : wildcard.get(name.substring(dot + 1));
    return found != null ? found : fallback;
  }
}
