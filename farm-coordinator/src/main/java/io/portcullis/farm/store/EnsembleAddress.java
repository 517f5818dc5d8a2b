package io.portcullis.farm.store;

import org.apache.curator.ensemble.EnsembleProvider;

/// Where ZooKeeper is, as it changes: Curator asks again at every change of the connection.
final class EnsembleAddress implements EnsembleProvider {
  private volatile String connect;

  EnsembleAddress(String connect) {
    this.connect = connect;
  }

  @Override
  public void start() {
    // Known from the beginning.
  }

  @Override
  public String getConnectionString() {
    return connect;
  }

  @Override
  public void setConnectionString(String connect) {
    this.connect = connect;
  }

  @Override
  public boolean updateServerListEnabled() {
    return true;
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
