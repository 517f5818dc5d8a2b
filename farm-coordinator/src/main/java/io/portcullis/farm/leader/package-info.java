/// Chores that exactly one coordinator does, elected through ZooKeeper.
///
/// Now: the bindings' clock, expiry, epochs and snapshots; the rotation of TLS session-ticket keys; going back from a revision
/// that nobody confirmed. warnings about certificates that end soon.
@NullMarked
package io.portcullis.farm.leader;

import org.jspecify.annotations.NullMarked;
