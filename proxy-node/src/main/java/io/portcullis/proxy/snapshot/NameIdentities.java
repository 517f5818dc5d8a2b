package io.portcullis.proxy.snapshot;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The certificates of one server name.
///
/// @param plain answers every client; the RSA one where there are two
/// @param elliptic answers clients that can verify it, because it costs a tenth of an RSA signature; null if there is only one
public record NameIdentities(ServerIdentity plain, @Nullable ServerIdentity elliptic) {

  /// @param verifies whether the client can verify a key of this kind
  ServerIdentity choose(Predicate<KeyKind> verifies) {
    ServerIdentity better = elliptic;
    return better != null && verifies.test(better.kind()) ? better : plain;
  }

  static NameIdentities of(ServerIdentity only) {
    return new NameIdentities(only, null);
  }

  /// The first one of each kind stays; where both kinds are there, RSA is the plain one.
  NameIdentities with(ServerIdentity other) {
    if (elliptic != null || other.kind().isRsa() == plain.kind().isRsa()) {
      return this;
    }
    return plain.kind().isRsa()
        ? new NameIdentities(plain, other)
        : new NameIdentities(other, plain);
  }
}
