package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  @Mixin private final TokenOptions options = new TokenOptions();

  OperatorAdd(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Wire.TokenResponse token = operator.client().createToken(options.request(Words.word(role)));
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
