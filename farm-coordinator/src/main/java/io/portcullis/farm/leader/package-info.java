/// Chores that exactly one coordinator does, elected through ZooKeeper.
///
/// Now: the bindings' clock, expiry, epochs and snapshots; the rotation of TLS session-ticket keys. What comes here: warnings about
/// certificates that end soon, automatic rollback of unconfirmed revisions.
@NullMarked
package io.portcullis.farm.leader;

import org.jspecify.annotations.NullMarked;
