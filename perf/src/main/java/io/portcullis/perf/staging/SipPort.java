package io.portcullis.perf.staging;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Port 5061 of a Front End, as a probe sees it: it accepts while the Front End service runs, and refuses when it does not.
final class SipPort implements AutoCloseable {
  /// A switched fault shows within this.
  private static final int LOOK_MILLIS = 50;

  private final InetSocketAddress address;
  private final Faults faults;
  private volatile boolean closed;
  private volatile @Nullable ServerSocket socket;

  SipPort(InetSocketAddress wanted, Faults faults) throws IOException {
    this.faults = faults;
    ServerSocket first = bind(wanted);
    socket = first;
    address = (InetSocketAddress) first.getLocalSocketAddress();
    Thread.ofVirtual().name("sip").start(this::run);
  }

  InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    ServerSocket open = socket;
    if (open != null) {
      open.close();
    }
  }

  private void run() {
    while (!closed) {
      try {
        turn();
      } catch (SocketTimeoutException e) {
        // Nobody came; time to look at the fault.
      } catch (IOException e) {
        LockSupport.parkNanos(LOOK_MILLIS * 1_000_000L);
      }
    }
  }

  private void turn() throws IOException {
    ServerSocket open = socket;
    boolean down = faults.has(Fault.SIP_DOWN);
    if (open != null && down) {
      open.close();
      socket = null;
    } else if (open == null && !down) {
      socket = bind(address);
    } else if (open == null) {
      LockSupport.parkNanos(LOOK_MILLIS * 1_000_000L);
    } else {
      open.accept().close();
    }
  }

  private static ServerSocket bind(InetSocketAddress to) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.setSoTimeout(LOOK_MILLIS);
    socket.bind(to);
    return socket;
  }
}
