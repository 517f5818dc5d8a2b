/// Chores that exactly one coordinator does, elected through ZooKeeper.
///
/// Empty while a farm has one coordinator and nothing to rotate. What comes here: TLS session-ticket key rotation, compaction and
/// expiry of the binding log, warnings about certificates that end soon, automatic rollback of unconfirmed revisions.
@NullMarked
package io.portcullis.farm.leader;

import org.jspecify.annotations.NullMarked;
