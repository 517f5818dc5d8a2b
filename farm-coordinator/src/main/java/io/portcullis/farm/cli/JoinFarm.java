package io.portcullis.farm.cli;

import io.portcullis.farm.identity.JoinToken;
import io.portcullis.farm.identity.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `farmctl join`: trades a token for an identity on this machine.
@Command(name = "join", description = "Join a farm with a token made by \"farmctl token create\".")
final class JoinFarm implements Callable<Integer> {
  /// Where the appliance keeps what must survive an update.
  static final Path DEFAULT_STATE = Path.of("/var/lib/portcullis");

  private final Operator operator;
  private final Joining joining;

  @Parameters(index = "0", paramLabel = "TOKEN", description = "The line that begins portcullis1.")
  private String token = "";

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "Where a node keeps its identity. Default: /var/lib/portcullis.")
  private Path state = DEFAULT_STATE;

  @Option(names = "--coordinator", description = "Become a coordinator: the token must be for one.")
  private boolean coordinator;

  @Option(names = "--name", paramLabel = "NAME", description = "Its name. Default: this machine's.")
  private @Nullable String name;

  JoinFarm(Operator operator, Joining joining) {
    this.operator = operator;
    this.joining = joining;
  }

  @Override
  public Integer call() throws Exception {
    Path directory = operator.file(state);
    if (coordinator) {
      requireCoordinator(token.strip());
    }
    Joining.Joined joined = joining.join(token.strip(), directory, operator.identityFile(), name);
    operator.answer(
        Map.of(
            "farm", joined.farm(),
            "id", joined.id(),
            "role", joined.role(),
            "identity", joined.identity().toString()),
        () -> words(joined, directory));
    return 0;
  }

  private static void requireCoordinator(String token) throws CommandFailure, IOException {
    Role role = JoinToken.decode(token).role();
    if (role != Role.COORDINATOR) {
      throw CommandFailure.notFine(
          "this token is for a machine or person of role " + role.word(),
          "make one with \"farmctl token create --role coordinator\"");
    }
  }

  private static String words(Joining.Joined joined, Path directory) {
    String next =
        switch (joined.role()) {
          case "viewer", "operator", "administrator" ->
              "farmctl status --identity " + joined.identity();
          case "coordinator" -> "farmctl coordinator run --state " + directory;
          default -> "farmctl node run --state " + directory;
        };
    return "joined farm=%s as %s %s\nidentity in %s\nnext: %s\n"
        .formatted(
            Text.safe(joined.farm()),
            Text.safe(joined.role()),
            Text.safe(joined.id()),
            joined.identity(),
            next);
  }
}
