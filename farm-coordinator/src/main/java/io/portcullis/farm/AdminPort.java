package io.portcullis.farm;

import io.portcullis.farm.api.AdminRoutes;
import io.portcullis.farm.api.AdminServer;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.server.FreePort;
import io.portcullis.farm.server.StartFailed;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.GeneralSecurityException;

/// The admin API's address: known before it opens, because tokens and identity files name it.
final class AdminPort {
  private AdminPort() {}

  /// The address itself, or with port 0 one with a free port.
  static InetSocketAddress resolve(InetSocketAddress wish) throws StartFailed {
    return resolve(wish, "the admin API", "--admin");
  }

  /// @param whom who connects there, for the error
  /// @param option that names another address
  static InetSocketAddress resolve(InetSocketAddress wish, String whom, String option)
      throws StartFailed {
    if (wish.getPort() == 0) {
      return free(wish, whom, option);
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(wish);
      return wish;
    } catch (IOException e) {
      throw taken(wish, whom, option, e);
    }
  }

  private static InetSocketAddress free(InetSocketAddress wish, String whom, String option)
      throws StartFailed {
    try {
      return new InetSocketAddress(wish.getAddress(), FreePort.on(wish.getAddress()));
    } catch (IOException e) {
      throw taken(wish, whom, option, e);
    }
  }

  static AdminServer open(InetSocketAddress bind, IdentityFile identity, AdminRoutes routes)
      throws StartFailed, GeneralSecurityException {
    try {
      return AdminServer.start(bind, identity, routes);
    } catch (IOException e) {
      throw taken(bind, "the admin API", "--admin", e);
    }
  }

  private static StartFailed taken(
      InetSocketAddress bind, String whom, String option, IOException e) {
    return new StartFailed(
        "cannot listen for %s on %s: %s"
            .formatted(
                whom,
                CoordinatorOptions.hostPort(bind.getAddress().getHostAddress(), bind.getPort()),
                e.getMessage()),
        "stop what uses that port (ss -ltnp shows it), or name another with %s HOST:PORT"
            .formatted(option),
        e);
  }
}
