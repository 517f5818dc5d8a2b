package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `farmctl operator add`: a token for a person.
@Command(
    name = "add",
    description =
        "Make a token that gives one person an identity: a viewer looks, an operator changes what is published,"
            + " an administrator lets others in.")
final class OperatorAdd implements Callable<Integer> {
  enum Role {
    VIEWER,
    OPERATOR,
    ADMINISTRATOR
  }

  private final Operator operator;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      required = true,
      completionCandidates = Words.People.class,
      description = "viewer, operator or administrator.")
  private Role role = Role.VIEWER;

  @Option(
      names = "--valid",
      paramLabel = "TIME",
      description = "How long the token may be used. Default: 1h.")
  private Duration valid = Duration.ofHours(1);

  @Option(
      names = "--address",
      paramLabel = "NETWORK",
      description = "Where it may be used from: 192.0.2.7 or 192.0.2.0/24. Default: anywhere.")
  private @Nullable String address;

  OperatorAdd(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Wire.TokenResponse token =
        operator
            .client()
            .createToken(
                new Wire.TokenRequest(Words.word(role), Math.max(1, valid.toSeconds()), address));
    if (operator.wantsTable()) {
      operator
          .terminal
          .err()
          .println(
              "On that person's machine, before %s, run: farmctl join TOKEN --name THEIR-NAME"
                  .formatted(token.expires().truncatedTo(ChronoUnit.SECONDS)));
      operator.terminal.err().flush();
    }
    operator.answer(token, () -> token.token() + "\n");
    return 0;
  }
}
