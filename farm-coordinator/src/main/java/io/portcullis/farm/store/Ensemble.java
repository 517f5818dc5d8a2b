package io.portcullis.farm.store;

import io.portcullis.farm.store.StoreException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;

/// The members of the ZooKeeper ensemble, as ZooKeeper itself has agreed on them; changed one member at a time.
///
/// One at a time is what makes it safe: any majority of the old list and any majority of the new one share a member, so a process that
/// still has the old list can never decide anything with others that do. Changes name the configuration they come from, so that two
/// operators at once do not make two steps of one.
public final class Ensemble {
  /// A joiner loads what the farm holds before it counts; a large one takes seconds.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(300);

  private static final String SERVER = "server.";
  private static final String VERSION = "version=";

  private final CuratorFramework client;
  private final Znodes znodes;

  Ensemble(CuratorFramework client, Znodes znodes) {
    this.client = client;
    this.znodes = znodes;
  }

  /// @param servers `server.<number>=<host>:<quorum port>:<election port>:participant`
  /// @param version ZooKeeper's, growing with each change
  public record Config(List<String> servers, long version) {
    public Config {
      servers = List.copyOf(servers);
    }

    /// As ZooKeeper writes it, and as it lies in its `/zookeeper/config`.
    public static Config parse(String text) {
      List<String> servers = new ArrayList<>();
      long version = 0;
      for (String line : text.split("\\R")) {
        if (line.startsWith(SERVER)) {
          servers.add(line.strip());
        } else if (line.startsWith(VERSION)) {
          version = Long.parseLong(line.substring(VERSION.length()).strip(), 16);
        }
      }
      return new Config(servers, version);
    }

    public boolean has(int number) {
      return servers.stream().anyMatch(line -> line.startsWith(SERVER + number + "="));
    }

    Config with(String server) {
      Config others =
          without(Integer.parseInt(server.substring(SERVER.length(), server.indexOf('='))));
      List<String> more = new ArrayList<>(others.servers);
      more.add(server);
      return new Config(more, version);
    }

    Config without(int number) {
      return new Config(
          servers.stream().filter(line -> !line.startsWith(SERVER + number + "=")).toList(),
          version);
    }
  }

  public Config config() throws StoreException {
    return znodes.run(
        FarmAcls.ENSEMBLE,
        c -> {
          c.sync().forPath(FarmAcls.ENSEMBLE);
          return Config.parse(new String(c.getConfig().forEnsemble(), StandardCharsets.UTF_8));
        });
  }

  /// Makes `server` a member, once it runs and has what the others have. It is one already: nothing happens.
  ///
  /// @return the members then
  public Config add(int number, String server) throws StoreException {
    return change(
        config -> config.has(number),
        config -> config.with(server),
        "member " + number + " is not in touch yet");
  }

  /// Takes a member out. It is none any more: nothing happens.
  public void remove(int number) throws StoreException {
    Config _ =
        change(
            config -> !config.has(number),
            config -> config.without(number),
            "the other members could not go on without it: a majority of them must run first");
  }

  private Config change(
      java.util.function.Predicate<Config> done,
      java.util.function.UnaryOperator<Config> step,
      String why)
      throws StoreException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    StoreException last = null;
    while (System.nanoTime() - deadline < 0) {
      try {
        Config now = config();
        if (done.test(now)) {
          return now;
        }
        attempt(step.apply(now));
      } catch (StoreException e) {
        // The change of a leader's own membership ends in a lost connection, and may have happened.
        last = e;
        if (e.kind() == Kind.DENIED) {
          throw e;
        }
      }
      LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
      if (Thread.interrupted()) {
        Thread.currentThread().interrupt();
        throw new StoreException(Kind.UNREACHABLE, "interrupted while the ensemble was changed");
      }
    }
    String detail = last == null ? "" : " (" + last.getMessage() + ")";
    throw new StoreException(
        Kind.UNREACHABLE,
        "the ensemble was not changed within " + PATIENCE.toSeconds() + " s: " + why + detail);
  }

  private void attempt(Config next) throws StoreException {
    boolean _ =
        znodes.run(
            FarmAcls.ENSEMBLE,
            _ -> {
              try {
                client
                    .reconfig()
                    .withNewMembers(next.servers())
                    .fromConfig(next.version())
                    .forEnsemble();
                return true;
              } catch (KeeperException.NewConfigNoQuorum
                  | KeeperException.ReconfigInProgress
                  | KeeperException.BadVersionException e) {
                return false;
              }
            });
  }
}
