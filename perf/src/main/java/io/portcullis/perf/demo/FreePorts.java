package io.portcullis.perf.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Ports of 127.0.0.1 that nobody listens on, from below the range the system hands out to clients: between the
/// picking and the binding no outgoing connection takes one.
final class FreePorts {

  private static final int LOWEST = 10_000;
  private static final int HIGHEST = 32_000;

  private int candidate = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);

  /// Each call answers another port.
  int next() throws DemoFailure {
    for (int tried = LOWEST; tried < HIGHEST; tried++) {
      candidate = candidate + 1 < HIGHEST ? candidate + 1 : LOWEST;
      if (isFree(candidate)) {
        return candidate;
      }
    }
    throw new DemoFailure("no free port between " + LOWEST + " and " + HIGHEST + " on 127.0.0.1");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
