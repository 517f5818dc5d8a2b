package io.portcullis.proxy;

import io.portcullis.proxy.listener.ListenerRefused;
import io.portcullis.proxy.listener.Listeners;
import io.portcullis.proxy.snapshot.Snapshot;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The real ones.
record ListenerDoors(Listeners listeners) implements Doors {

  private static final Logger LOG = LoggerFactory.getLogger(ListenerDoors.class);

  @Override
  public void reconcile(Snapshot next) throws IOException {
    try {
      listeners.reconcile(next);
    } catch (ListenerRefused e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void rehearse(Snapshot next) throws IOException {
    try {
      listeners.rehearse(next);
    } catch (ListenerRefused e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public Map<String, InetSocketAddress> bound() {
    return listeners.boundAddresses();
  }

  @Override
  public void shut() {
    listeners.shut();
  }

  @Override
  public void reopen(Snapshot now) {
    try {
      listeners.reopen(now);
    } catch (ListenerRefused e) {
      LOG.error("{}", e.getMessage());
    }
  }

  @Override
  public void cut() {
    listeners.cut();
  }

  @Override
  public boolean stop(Duration cap) {
    return listeners.stop(cap);
  }
}
