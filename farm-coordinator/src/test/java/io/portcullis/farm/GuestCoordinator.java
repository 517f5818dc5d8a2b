package io.portcullis.farm;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.membership.Join;
import io.portcullis.farm.server.StartFailed;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A real coordinator whose farm lies in an ensemble that others run; several fit into one process.
final class GuestCoordinator implements AutoCloseable {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  private static final int RUNS = 0;

  final Path state;
  private final AtomicInteger end = new AtomicInteger(RUNS);
  private final Coordinator coordinator;

  private GuestCoordinator(
      Path state, String farm, @Nullable String token, CoordinatorOptions.@Nullable Guest guest)
      throws StartFailed {
    this.state = state;
    String name = token == null ? null : String.valueOf(state.getFileName());
    coordinator =
        Coordinator.start(
            new CoordinatorOptions(
                state, farm, ANY_PORT, ANY_PORT, ANY_PORT, "127.0.0.1", token, name, guest),
            new Bench.MovableClock(),
            () -> 1L << 30,
            end::set);
  }

  static GuestCoordinator found(Path state, String farm, String connect, Path ca)
      throws StartFailed {
    return new GuestCoordinator(state, farm, null, new CoordinatorOptions.Guest(connect, ca));
  }

  static GuestCoordinator found(Path state, String farm, ForeignServers servers, String chroot)
      throws StartFailed {
    return found(state, farm, servers.connect(chroot), servers.ca());
  }

  /// The CA that the farm will have, as its first start makes it.
  static String authority(Path state, String farm) throws Exception {
    return FarmAuthority.open(state.resolve("authority"), farm, InstantSource.system())
        .certificatePem();
  }

  static GuestCoordinator join(Path state, String token) throws StartFailed {
    return new GuestCoordinator(state, "", token, null);
  }

  static GuestCoordinator again(Path state) throws StartFailed {
    return new GuestCoordinator(state, "", null, null);
  }

  AdminClient operator() throws AdminException {
    return AdminClient.open(state.resolve("operator.pem"));
  }

  String token(String role) throws AdminException {
    try (AdminClient operator = operator()) {
      return operator
          .createToken(new Wire.TokenRequest(role, Duration.ofHours(1).toSeconds()))
          .token();
    }
  }

  FarmHome node(Path place, String name) throws Exception {
    return Join.node(place, token("node"), name);
  }

  boolean wasRemoved() {
    return end.get() == Coordinator.REMOVED;
  }

  @Override
  public void close() {
    coordinator.close();
  }
}
