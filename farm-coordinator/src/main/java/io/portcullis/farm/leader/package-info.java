/// Chores that exactly one coordinator does, elected through ZooKeeper.
///
/// Now: the bindings' clock, expiry, epochs and snapshots. What comes here: TLS session-ticket key rotation, warnings about certificates
/// that end soon, automatic rollback of unconfirmed revisions.
@NullMarked
package io.portcullis.farm.leader;

import org.jspecify.annotations.NullMarked;
