package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `farmctl token create`: one line to paste on the machine that shall join.
@Command(name = "create", description = "Make a token that lets one machine or person in, once.")
final class TokenCreate implements Callable<Integer> {
  enum Role {
    NODE,
    VIEWER,
    OPERATOR,
    ADMINISTRATOR,
    COORDINATOR
  }

  private final Operator operator;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      completionCandidates = Words.Roles.class,
      description = "node (default), viewer, operator, administrator or coordinator.")
  private Role role = Role.NODE;

  @Mixin private final TokenOptions options = new TokenOptions();

  TokenCreate(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    Wire.TokenResponse token = operator.client().createToken(options.request(Words.word(role)));
    if (operator.wantsTable()) {
      Instant until = token.expires().truncatedTo(ChronoUnit.SECONDS);
      // The token alone on stdout, so that it can be piped; what to do with it beside it, for
      // people.
      operator
          .terminal
          .err()
          .println(
              switch (role) {
                case NODE ->
                    "On the new node, before "
                        + until
                        + ", run: farmctl node run --state DIR --join TOKEN";
                case COORDINATOR ->
                    "On the new coordinator, before "
                        + until
                        + ", run: farmctl coordinator run --state DIR --join TOKEN"
                        + "   (keep it secret: it is worth the farm's keys)";
                case VIEWER, OPERATOR, ADMINISTRATOR ->
                    "On that person's machine, before " + until + ", run: farmctl join TOKEN";
              });
      operator.terminal.err().flush();
    }
    operator.answer(token, () -> token.token() + "\n");
    return 0;
  }
}
