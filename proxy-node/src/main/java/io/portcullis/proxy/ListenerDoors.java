package io.portcullis.proxy;

import io.portcullis.proxy.listener.ListenerRefused;
import io.portcullis.proxy.listener.Listeners;
import io.portcullis.proxy.snapshot.Snapshot;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;

/// The real ones.
record ListenerDoors(Listeners listeners) implements Doors {

  @Override
  public void reconcile(Snapshot next) throws IOException {
    try {
      listeners.reconcile(next);
    } catch (ListenerRefused e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public Map<String, InetSocketAddress> bound() {
    return listeners.boundAddresses();
  }

  @Override
  public boolean stop(Duration cap) {
    return listeners.stop(cap);
  }
}
