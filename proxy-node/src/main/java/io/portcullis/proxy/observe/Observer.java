package io.portcullis.proxy.observe;

/// Hears of every exchange when it is over. Called on event loops: neither blocks nor throws.
public interface Observer {

  Observer NOBODY = _ -> {};

  /// Nobody else writes to `exchange` from now on.
  void ended(AccessRecord exchange);

  /// A handshake with a client is complete.
  default void shaken(String version, boolean resumed) {}

  /// @param reason one of a few words
  default void notShaken(String reason) {}
}
