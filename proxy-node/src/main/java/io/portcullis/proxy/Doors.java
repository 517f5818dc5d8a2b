package io.portcullis.proxy;

import io.portcullis.proxy.snapshot.Snapshot;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;

/// The addresses a node accepts on, as its publications see them.
interface Doors {

  /// Binds what `next` asks for and closes what it does not; on failure nothing has changed.
  ///
  /// @throws IOException with a sentence for the operator
  void reconcile(Snapshot next) throws IOException;

  /// Whether [#reconcile] would find its addresses free; changes nothing.
  ///
  /// @throws IOException with a sentence for the operator
  void rehearse(Snapshot next) throws IOException;

  /// By listener name; the port is the real one where the configuration asked for 0.
  Map<String, InetSocketAddress> bound();

  /// Accepts nobody, lets running exchanges finish (their answers say `Connection: close`), and stays so through publications until
  /// [#reopen].
  void shut();

  /// Binds again what `now` asks for; what cannot be bound is logged and tried again with the next publication.
  void reopen(Snapshot now);

  /// Closes every client's connection, whatever runs on it.
  void cut();

  /// @return false if connections had to be cut
  boolean stop(Duration cap);
}
