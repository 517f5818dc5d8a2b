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

  /// By listener name; the port is the real one where the configuration asked for 0.
  Map<String, InetSocketAddress> bound();

  /// @return false if connections had to be cut
  boolean stop(Duration cap);
}
