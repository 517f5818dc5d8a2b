package io.portcullis.perf.load;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The local addresses that users come from, so that source-address persistence has something to tell apart.
public final class Sources {

  /// 127.0.0.0/8 without its first /16: room for everybody, and never the addresses that services listen on.
  private static final int MAX_LOOPBACK = 1 << 23;

  private static final int FIRST_LOOPBACK = (127 << 24) | (1 << 16) | 1;

  private final List<InetAddress> given;
  private final int loopbacks;

  private Sources(List<InetAddress> given, int loopbacks) {
    this.given = List.copyOf(given);
    this.loopbacks = loopbacks;
  }

  /// Whatever the system picks.
  public static Sources system() {
    return new Sources(List.of(), 0);
  }

  /// @param count addresses from 127.1.0.1 on; only a target on this machine can be reached from them
  public static Sources loopback(int count) {
    if (count < 1 || count > MAX_LOOPBACK) {
      throw new IllegalArgumentException(
          "--sources is 1 to " + MAX_LOOPBACK + " loopback addresses, not " + count);
    }
    return new Sources(List.of(), count);
  }

  /// @param addresses of this machine, as literals
  public static Sources of(List<String> addresses) {
    List<InetAddress> given = new ArrayList<>();
    for (String address : addresses) {
      try {
        given.add(InetAddress.ofLiteral(address));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "--source is an address of this machine, not \"" + address + "\"");
      }
    }
    return new Sources(given, 0);
  }

  /// How many different ones there are; 0 leaves it to the system.
  public int count() {
    return loopbacks > 0 ? loopbacks : given.size();
  }

  public boolean needsLoopbackTarget() {
    return loopbacks > 0;
  }

  /// Where a user comes from; the same user always from the same address. Null: the system picks.
  @Nullable InetAddress of(long user) {
    if (loopbacks > 0) {
      int bits = FIRST_LOOPBACK + (int) (user % loopbacks);
      byte[] address = {(byte) (bits >> 24), (byte) (bits >> 16), (byte) (bits >> 8), (byte) bits};
      try {
        return InetAddress.getByAddress(address);
      } catch (UnknownHostException e) {
        throw new IllegalStateException("four bytes are an address", e);
      }
    }
    return given.isEmpty() ? null : given.get((int) (user % given.size()));
  }
}
