package io.portcullis.perf.load;

import org.jspecify.annotations.Nullable;

/// What one arrival does.
interface UserModel {

  /// How an arrival comes by its connections.
  enum Connections {
    /// A fixed number of kept connections, shared by all arrivals.
    KEPT,
    /// Its own, new ones, each with a full TLS handshake; closed at the end.
    NEW,
    /// Its own, new ones, each resuming a TLS session of an earlier one.
    RESUMED
  }

  Connections connections();

  /// @param user the number of the arrival, from 0
  Journey begin(long user);

  /// The steps of one user, in order. Used by one event loop.
  interface Journey {

    /// @param last the answer to the request before, null at the beginning
    /// @return null at the end
    @Nullable Request next(@Nullable Answer last);
  }
}
