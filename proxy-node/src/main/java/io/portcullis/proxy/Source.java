package io.portcullis.proxy;

/// Where a node's configuration comes from, with its life in step with the node's.
interface Source extends AutoCloseable {

  void start() throws StartRefused, InterruptedException;

  /// The operator asked to look again.
  void reload() throws InterruptedException;

  /// Publishes nothing from now on.
  void pause();

  @Override
  void close();
}
