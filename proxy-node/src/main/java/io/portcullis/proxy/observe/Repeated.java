package io.portcullis.proxy.observe;

import org.jspecify.annotations.Nullable;

/// Pieces of lines by what they say, so that they are made once and copied afterwards. It holds so many and no more: a newer one takes
/// the place of an older one. Owned by the writer's thread.
///
/// @param <K> recognised by identity: the same object says the same
final class Repeated<K> {

  private final @Nullable Object[] keys;
  private final byte[][] pieces;

  /// @param places a power of two
  Repeated(int places) {
    keys = new @Nullable Object[places];
    pieces = new byte[places][];
  }

  byte @Nullable [] find(K key, int hash) {
    int place = hash & (keys.length - 1);
    return keys[place] == key ? pieces[place] : null;
  }

  byte[] keep(K key, int hash, LogBuffer piece) {
    int place = hash & (keys.length - 1);
    byte[] made = piece.copy();
    keys[place] = key;
    pieces[place] = made;
    return made;
  }
}
