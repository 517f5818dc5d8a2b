package io.portcullis.proxy.message;

import java.time.Duration;
import java.util.List;

/// The protocols to which a rule lets clients switch, and how long such a connection may be silent.
public final class Upgrades {

  public static final Upgrades NONE = new Upgrades(List.of(), Duration.ZERO);

  private final byte[][] protocols;
  private final Duration idle;

  public Upgrades(List<String> protocols, Duration idle) {
    this.protocols =
        protocols.stream()
            .map(name -> Chars.ascii(name.toLowerCase(java.util.Locale.ROOT)))
            .toArray(byte[][]::new);
    this.idle = idle;
  }

  public Duration idle() {
    return idle;
  }

  /// @return the position in the list, -1 if the bytes name none of it
  int find(byte[] bytes, int start, int end) {
    for (int i = 0; i < protocols.length; i++) {
      if (Chars.equalsIgnoreCase(bytes, start, end, protocols[i])) {
        return i;
      }
    }
    return -1;
  }

  boolean isEmpty() {
    return protocols.length == 0;
  }
}
