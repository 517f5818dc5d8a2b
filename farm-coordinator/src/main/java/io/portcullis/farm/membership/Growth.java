package io.portcullis.farm.membership;

import io.portcullis.farm.store.StoreException;
import org.jspecify.annotations.Nullable;

/// What a coordinator that lets others in must know of the ensemble it is a member of.
public interface Growth {
  /// Connect string of all coordinators, as other machines reach them.
  String zookeeper() throws StoreException;

  /// PEM of the CAs of the servers there, where others run them.
  ///
  /// @return null where coordinators do
  @Nullable String zookeeperCa() throws StoreException;

  /// Makes sure that other members can reach this one. A member that was alone until now starts again on an address of its own.
  ///
  /// @throws Declined if it has none that others could use
  void open() throws Declined;
}
