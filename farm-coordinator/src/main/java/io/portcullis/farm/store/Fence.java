package io.portcullis.farm.store;

import java.util.List;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.OpResult;

/// A znode that must still have the version it had: checked in the transaction of each write, so that whoever slept through a change
/// writes nothing after it.
record Fence(String path, int version) {

  /// Whether a transaction that began with this check ended because of it.
  static boolean stopped(KeeperException e) {
    List<OpResult> results = e.getResults();
    return results != null
        && !results.isEmpty()
        && results.getFirst() instanceof OpResult.ErrorResult first
        && (first.getErr() == Code.BADVERSION.intValue()
            || first.getErr() == Code.NONODE.intValue());
  }
}
