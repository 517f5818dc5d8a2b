package io.portcullis.farm.server;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// Ports that nobody listens on, for whoever must know a port before it is bound. They lie below the range the system
/// hands out by itself (32768 and up on Linux): the first port the system would give may be another connection's, or
/// another process's that asked the same, by the time it is bound.
public final class FreePort {

  private static final int LOWEST = 10_000;
  private static final int HIGHEST = 32_000;
  private static final int TRIES = 1_000;

  private FreePort() {}

  /// @throws BindException when the address is not this machine's
  public static int on(InetAddress address) throws IOException {
    BindException last = null;
    for (int i = 0; i < TRIES; i++) {
      int candidate = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      try (ServerSocket probe = new ServerSocket()) {
        probe.setReuseAddress(true);
        probe.bind(new InetSocketAddress(address, candidate));
        return candidate;
      } catch (BindException e) {
        last = e;
      }
    }
    throw last;
  }

  /// Of 127.0.0.1.
  public static int one() throws IOException {
    return on(InetAddress.ofLiteral("127.0.0.1"));
  }

  /// Different ones of 127.0.0.1.
  public static List<Integer> some(int count) throws IOException {
    Set<Integer> ports = new LinkedHashSet<>();
    while (ports.size() < count) {
      ports.add(one());
    }
    return List.copyOf(ports);
  }
}
