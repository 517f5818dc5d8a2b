package io.portcullis.farm.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The farm keys that a process has: one for most of its life, two while the farm goes over to another. The first seals, all open.
///
/// On disk one a line, the sealing one first, mode 0600. Whoever looks after the rotation replaces the list; all others read it.
public final class FarmKeys {
  /// One that seals, one that is on its way, one that an unfinished rotation left.
  private static final int MOST = 4;

  private volatile List<FarmKey> keys;

  private FarmKeys(List<FarmKey> keys) {
    this.keys = keys;
  }

  public static FarmKeys of(FarmKey key) {
    return new FarmKeys(List.of(key));
  }

  static FarmKeys read(Path file) throws IOException {
    List<FarmKey> read = new ArrayList<>();
    for (String line : Files.readString(file).lines().filter(line -> !line.isBlank()).toList()) {
      read.add(FarmKey.parse(line, file.toString()));
    }
    if (read.isEmpty() || read.size() > MOST) {
      throw new IOException(
          "%s holds %d farm keys where 1 to %d belong".formatted(file, read.size(), MOST));
    }
    return new FarmKeys(List.copyOf(read));
  }

  void write(Path file) throws IOException {
    write(file, keys);
  }

  private static void write(Path file, List<FarmKey> keys) throws IOException {
    SecretFiles.write(
        file, keys.stream().map(key -> key.base64() + "\n").collect(Collectors.joining()));
  }

  public FarmKey sealing() {
    return keys.getFirst();
  }

  public List<FarmKey> all() {
    return keys;
  }

  public Optional<FarmKey> find(String id) {
    return keys.stream().filter(key -> key.id().equals(id)).findFirst();
  }

  /// On the disk before it counts.
  ///
  /// @param next the sealing one first
  void replace(List<FarmKey> next, Path file) throws IOException {
    if (next.isEmpty() || next.size() > MOST) {
      throw new IllegalArgumentException("no farm has " + next.size() + " keys");
    }
    if (!next.equals(keys)) {
      write(file, next);
      keys = List.copyOf(next);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FarmKeys that && keys.equals(that.keys);
  }

  @Override
  public int hashCode() {
    return keys.hashCode();
  }

  @Override
  public String toString() {
    return "FarmKeys[" + keys.stream().map(FarmKey::id).collect(Collectors.joining(", ")) + "]";
  }
}
