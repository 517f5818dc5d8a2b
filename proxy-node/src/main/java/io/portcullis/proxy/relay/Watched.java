package io.portcullis.proxy.relay;

/// Something that an event loop looks at on every tick, in case its time is over.
public interface Watched {

  /// @param now the loop's tick; compare it with a tick noted earlier
  void tick(long now);

  /// Where the loop keeps it; only the loop asks and sets.
  int slot();

  void slot(int slot);
}
