package io.portcullis.farm.membership;

import io.portcullis.farm.store.StoreException;

/// What a coordinator that lets others in must know of the ensemble it is a member of.
public interface Growth {
  /// Connect string of all coordinators, as other machines reach them.
  String zookeeper() throws StoreException;

  /// Makes sure that other members can reach this one. A member that was alone until now starts again on an address of its own.
  ///
  /// @throws Declined if it has none that others could use
  void open() throws Declined;
}
