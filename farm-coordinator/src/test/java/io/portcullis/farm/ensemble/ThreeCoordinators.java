package io.portcullis.farm.ensemble;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.store.FarmStore;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// A farm with as many coordinators as a test wants, each in its own process, with mutual TLS between all of them.
final class ThreeCoordinators implements AutoCloseable {
  static final String FARM = "contoso-edge";

  final Path directory;
  final List<CoordinatorProcess> members = new ArrayList<>();

  private ThreeCoordinators(Path directory) throws IOException {
    this.directory = directory;
    CoordinatorProcess first = CoordinatorProcess.start(directory, "c1", "--farm", FARM);
    members.add(first);
    String _ = first.awaitReady();
  }

  static ThreeCoordinators one(Path directory) throws IOException {
    return new ThreeCoordinators(directory);
  }

  static ThreeCoordinators three(Path directory) throws Exception {
    ThreeCoordinators farm = new ThreeCoordinators(directory);
    farm.grow("c2");
    farm.grow("c3");
    return farm;
  }

  /// Lets one more coordinator in, by token.
  CoordinatorProcess grow(String name) throws Exception {
    CoordinatorProcess more =
        CoordinatorProcess.start(directory, name, "--join", token(), "--name", name);
    members.add(more);
    String _ = more.awaitReady();
    return more;
  }

  String token() throws Exception {
    try (AdminClient operator = members.getFirst().operator()) {
      return operator.createToken(new Wire.TokenRequest("coordinator", 600)).token();
    }
  }

  CoordinatorProcess member(String name) {
    return members.stream().filter(one -> one.name.equals(name)).findFirst().orElseThrow();
  }

  CoordinatorProcess leader() {
    Eventually.until("somebody leads", () -> members.stream().anyMatch(CoordinatorProcess::leads));
    return members.stream().filter(CoordinatorProcess::leads).findFirst().orElseThrow();
  }

  /// Starts a member again from its own directory, in its old place in the list.
  CoordinatorProcess restart(CoordinatorProcess ended) throws IOException {
    CoordinatorProcess again = CoordinatorProcess.start(directory, ended.name);
    members.set(members.indexOf(ended), again);
    return again;
  }

  void killAll() {
    members.forEach(CoordinatorProcess::kill);
  }

  void restartAll() throws IOException {
    for (CoordinatorProcess ended : List.copyOf(members)) {
      CoordinatorProcess _ = restart(ended);
    }
    members.forEach(one -> {
      String _ = one.awaitReady();
    });
  }

  /// The home of a node that this farm let in, with the addresses that its coordinators have now.
  FarmHome node(String id) throws IOException, GeneralSecurityException {
    FarmAuthority authority =
        FarmAuthority.open(
            members.getFirst().state.resolve("authority"), FARM, InstantSource.system());
    IdentityFile identity = authority.identity(Role.NODE, id, List.of(), List.of("127.0.0.1:1"));
    FarmHome first = members.getFirst().home();
    FarmHome home =
        new FarmHome(directory.resolve("home-" + id), identity, first.key(), first.zookeeper());
    home.write();
    return home;
  }

  FarmStore store(CoordinatorProcess through) throws IOException {
    return FarmStore.connect(through.home());
  }

  @Override
  public void close() {
    members.forEach(CoordinatorProcess::close);
  }
}
