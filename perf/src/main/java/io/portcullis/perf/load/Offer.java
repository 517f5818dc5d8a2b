package io.portcullis.perf.load;

import org.jspecify.annotations.Nullable;

/// What clients offer in a TLS handshake, where it is not simply all they have.
///
/// @param key the only kind of certificate that is good, null for any
/// @param classical X25519 and no other group: servers that know post-quantum hybrids would choose one, which is more work than
///     what those do that do not
record Offer(@Nullable KeyKind key, boolean classical) {
  static final Offer ALL = new Offer(null, false);
}
