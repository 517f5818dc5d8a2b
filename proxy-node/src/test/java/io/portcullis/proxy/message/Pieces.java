package io.portcullis.proxy.message;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// Cuts messages as networks do.
final class Pieces {

  private Pieces() {}

  static List<byte[]> split(byte[] bytes, int at) {
    return List.of(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at, bytes.length));
  }

  static List<byte[]> random(byte[] bytes, RandomGenerator random) {
    List<byte[]> pieces = new ArrayList<>();
    for (int at = 0; at < bytes.length; ) {
      int size = Math.min(bytes.length - at, 1 + random.nextInt(1 << (1 + random.nextInt(10))));
      pieces.add(Arrays.copyOfRange(bytes, at, at + size));
      at += size;
    }
    return pieces;
  }
}
