package io.portcullis.farm;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.client.AdminException.Reason;
import io.portcullis.farm.cli.Commands;
import io.portcullis.farm.cli.Joining;
import io.portcullis.farm.cli.Terminal;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.JoinToken;
import io.portcullis.farm.membership.Join;
import io.portcullis.farm.membership.JoinFailed;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// The operator's command line: sits down at the terminal, then `cli.Commands` does what was typed.
public final class FarmCtl {
  private FarmCtl() {}

  public static void main(String[] args) {
    keepLogsQuiet();
    System.exit(Commands.run(args, terminal(System.getenv()), FarmCtl::join, Restoration::prepare));
  }

  static Joining.Joined join(String token, Path state, Path operatorIdentity, @Nullable String name)
      throws AdminException {
    try {
      return switch (JoinToken.decode(token).role()) {
        case VIEWER, OPERATOR, ADMINISTRATOR -> {
          IdentityFile person = Join.operator(operatorIdentity, token, name);
          yield joined(person, operatorIdentity);
        }
        case NODE -> {
          FarmHome home = Join.node(state, token, name);
          yield joined(home.identity(), home.identityPem());
        }
        case COORDINATOR -> {
          FarmHome home = Join.coordinator(state, token, name);
          yield joined(home.identity(), home.identityPem());
        }
      };
    } catch (JoinFailed e) {
      throw new AdminException(Reason.REFUSED, String.valueOf(e.getMessage()), e.hint(), e);
    } catch (IOException e) {
      throw new AdminException(Reason.REFUSED, String.valueOf(e.getMessage()), "", e);
    } catch (GeneralSecurityException e) {
      throw new AdminException(
          Reason.REFUSED, "the identity that came back cannot be read", "make another token", e);
    }
  }

  private static Joining.Joined joined(IdentityFile identity, Path file)
      throws GeneralSecurityException {
    return new Joining.Joined(
        identity.farm(), identity.id(), IdentityFile.roleOf(identity.certificate()), file);
  }

  /// Libraries may warn; what they tell beyond that is for daemons.
  private static void keepLogsQuiet() {
    if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.setLevel(Level.toLevel(System.getenv("PORTCULLIS_LOG"), Level.WARN));
    }
  }

  private static Terminal terminal(Map<String, String> environment) {
    boolean live = Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    int[] size = live ? size() : new int[] {Terminal.DEFAULT_HEIGHT, Terminal.DEFAULT_WIDTH};
    return new Terminal(
        new PrintWriter(System.out, false, System.out.charset()),
        new PrintWriter(System.err, false, System.err.charset()),
        live,
        size[1],
        size[0],
        Path.of("").toAbsolutePath(),
        environment,
        InstantSource.system(),
        Thread::sleep);
  }

  /// Rows and columns, as `stty` tells them; what consoles usually have if it does not.
  private static int[] size() {
    int[] usual = {Terminal.DEFAULT_HEIGHT, Terminal.DEFAULT_WIDTH};
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!stty.waitFor(Duration.ofSeconds(1).toMillis(), TimeUnit.MILLISECONDS)) {
        stty.destroy();
        return usual;
      }
      String[] words =
          new String(
                  stty.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII)
              .strip()
              .split(" ");
      int rows = Integer.parseInt(words[0]);
      int columns = Integer.parseInt(words[1]);
      return rows > 0 && columns > 0 ? new int[] {rows, columns} : usual;
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return usual;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return usual;
    }
  }
}
