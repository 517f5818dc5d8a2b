package io.portcullis.proxy.rule;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An immutable hash table from lower-case names to values, asked with a range of bytes of any case. Open addressing,
/// half full at most, seeded at random so that names cannot be chosen to collide.
final class NameTable<V> {

  private static final int SEED = new java.security.SecureRandom().nextInt();

  private static final class Entry<V> {
    final int hash;
    final byte[] name;
    final V value;

    Entry(int hash, byte[] name, V value) {
      this.hash = hash;
      this.name = name;
      this.value = value;
    }
  }

  private final @Nullable Entry<V>[] slots;
  private final int mask;

  /// @param values by lower-case name
  NameTable(Map<String, V> values) {
    int size = Integer.highestOneBit(Math.max(1, values.size()) * 2 - 1) * 2;
    slots = emptySlots(size);
    mask = size - 1;
    values.forEach((name, value) -> {
      byte[] bytes = name.getBytes(UTF_8);
      int hash = hash(bytes, 0, bytes.length);
      int slot = hash & mask;
      while (slots[slot] != null) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = new Entry<>(hash, bytes, value);
    });
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static <V> @Nullable Entry<V>[] emptySlots(int size) {
    return new Entry[size];
  }

  @Nullable V find(byte[] bytes, int start, int end) {
    int hash = hash(bytes, start, end);
    for (int slot = hash & mask; ; slot = (slot + 1) & mask) {
      Entry<V> entry = slots[slot];
      if (entry == null) {
        return null;
      }
      if (entry.hash == hash && Ascii.equalsLower(entry.name, bytes, start, end)) {
        return entry.value;
      }
    }
  }

  private static int hash(byte[] bytes, int start, int end) {
    int hash = SEED;
    for (int i = start; i < end; i++) {
      hash = (hash ^ Ascii.lower(bytes[i])) * 0x01000193;
    }
    return hash ^ (hash >>> 15);
  }
}
