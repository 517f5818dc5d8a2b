package io.portcullis.proxy.upstream;

/// Keeps connections while nobody uses them.
public interface ConnectionOwner {

  /// The connection closed while idle.
  void idleClosed(UpstreamConnection connection);
}
