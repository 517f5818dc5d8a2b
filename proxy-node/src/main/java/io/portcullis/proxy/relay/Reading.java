package io.portcullis.proxy.relay;

/// A side that can be told to stop reading and to go on.
public interface Reading {
  void reading(boolean on);
}
