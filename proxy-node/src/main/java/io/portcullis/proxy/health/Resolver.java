package io.portcullis.proxy.health;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Pool;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Where members are: the address an operator gave, else the farm's own host table, else DNS.
///
/// Blocks; call it on a virtual thread.
public final class Resolver {

  /// Asks the system; a parameter so that tests own the names.
  @FunctionalInterface
  public interface Lookup {
    InetAddress[] all(String name) throws UnknownHostException;
  }

  private final Map<String, InetAddress> table = new HashMap<>();
  private final Lookup lookup;

  public Resolver(FarmConfig config, Lookup lookup) {
    this.lookup = lookup;
    config
        .hosts()
        .forEach(host -> table.put(lower(host.name()), InetAddress.ofLiteral(host.address())));
  }

  public Resolver(FarmConfig config) {
    this(config, InetAddress::getAllByName);
  }

  /// Whether the other one has the same host table.
  boolean knowsTheSame(Resolver other) {
    return table.equals(other.table);
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /// @param current kept as long as the name still has it, so that round-robin answers do not move a member about
  /// @return null if the name does not resolve
  @Nullable InetAddress resolve(Pool.Member member, @Nullable InetAddress current) {
    String said = member.address();
    if (said != null) {
      return InetAddress.ofLiteral(said);
    }
    InetAddress fixed = table.get(lower(member.host()));
    if (fixed != null) {
      return fixed;
    }
    try {
      InetAddress[] found = lookup.all(member.host());
      return current != null && Arrays.asList(found).contains(current) ? current : found[0];
    } catch (UnknownHostException _) {
      return null;
    }
  }

  /// Resolves all members at once.
  ///
  /// @param patience names that take longer are left out: the health checks will bring them later
  /// @return addresses by `pool/host`
  public Map<String, InetAddress> resolveAll(List<Pool> pools, Duration patience)
      throws InterruptedException {
    Map<String, InetAddress> found = new ConcurrentHashMap<>();
    CountDownLatch pending =
        new CountDownLatch(pools.stream().mapToInt(pool -> pool.members().size()).sum());
    for (Pool pool : pools) {
      for (Pool.Member member : pool.members()) {
        Thread.ofVirtual()
            .name("resolve-" + member.host())
            .start(() -> {
              InetAddress address = resolve(member, null);
              if (address != null) {
                found.put(pool.name() + "/" + member.host(), address);
              }
              pending.countDown();
            });
      }
    }
    boolean _ = pending.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    return Map.copyOf(found);
  }
}
