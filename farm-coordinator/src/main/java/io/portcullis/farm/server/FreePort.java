package io.portcullis.farm.server;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// Ports for whoever must know a port before it is bound: nobody listens on them, and nobody else is given them. They lie below the range
/// the system hands out by itself (32768 and up on Linux): the first port the system would give may be another connection's by the time it
/// is bound.
///
/// Each is held for as long as this process lives, by a socket that is bound and never listens. Whoever asks for a port of its own is refused
/// it (it binds exclusively), and whoever was told it can listen on it, which takes `SO_REUSEADDR`, as every server sets it. Without that, of
/// some hundred processes that pick and bind a little later, two met once in a while.
public final class FreePort {

  private static final int LOWEST = 10_000;
  private static final int HIGHEST = 32_000;
  private static final int TRIES = 1_000;

  private static final List<Socket> HELD = new ArrayList<>();

  private FreePort() {}

  /// @throws BindException when the address is not this machine's
  public static int on(InetAddress address) throws IOException {
    BindException last = null;
    for (int i = 0; i < TRIES; i++) {
      int candidate = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      try {
        hold(new InetSocketAddress(address, candidate));
        return candidate;
      } catch (BindException e) {
        last = e;
      }
    }
    throw last;
  }

  private static void hold(InetSocketAddress place) throws IOException {
    Socket holder = new Socket();
    try {
      holder.setReuseAddress(false);
      holder.bind(place);
      holder.setReuseAddress(true);
    } catch (IOException e) {
      holder.close();
      throw e;
    }
    synchronized (HELD) {
      HELD.add(holder);
    }
  }

  /// Of 127.0.0.1.
  public static int one() throws IOException {
    return on(InetAddress.ofLiteral("127.0.0.1"));
  }

  /// Different ones of 127.0.0.1.
  public static List<Integer> some(int count) throws IOException {
    List<Integer> ports = new ArrayList<>();
    while (ports.size() < count) {
      ports.add(one());
    }
    return List.copyOf(ports);
  }
}
