package io.portcullis.farm.cli;

import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.model.FarmConfig;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `farmctl status`: the farm on one screen, once or for as long as one looks.
@Command(
    name = "status",
    description =
        "Show the farm on one screen. Exit code 1 if a node rejected the revision, a pool is down, or a virtual address is held by nobody or by two.")
final class Status implements Callable<Integer> {
  private static final String HOME_AND_CLEAR = "\u001b[H\u001b[2J";

  private final Operator operator;
  private long configRevision;
  private @Nullable FarmConfig config;

  @Option(
      names = {"-w", "--watch"},
      description = "Show it again and again, until Ctrl-C.")
  private boolean watch;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      description = "How often with --watch. Default: 2s.")
  private Duration interval = Duration.ofSeconds(2);

  Status(Operator operator) {
    this.operator = operator;
  }

  @Override
  public Integer call() throws Exception {
    if (!watch) {
      Wire.FarmStatus status = operator.client().status();
      operator.answer(status, () -> screen(status));
      return isFine(status, configOf(status.revision())) ? 0 : CommandFailure.NOT_FINE;
    }
    try {
      while (true) {
        look();
        operator.terminal.pause().pass(interval);
      }
    } catch (InterruptedException e) {
      return 0;
    }
  }

  /// One turn of the watch: a farm that does not answer is shown as such and asked again.
  private void look() throws AdminException {
    Terminal terminal = operator.terminal;
    String shown;
    try {
      Wire.FarmStatus status = operator.client().status();
      shown = screen(status);
    } catch (AdminException e) {
      if (e.reason() != AdminException.Reason.UNREACHABLE) {
        throw e;
      }
      shown =
          terminal.paint(Style.BAD, Text.safeLines(e.getMessage())) + "\n  -> " + e.hint() + "\n";
    }
    terminal
        .out()
        .print((terminal.live() ? HOME_AND_CLEAR : "") + shown + (terminal.live() ? "" : "\n"));
    terminal.out().flush();
  }

  private String screen(Wire.FarmStatus status) {
    return StatusScreen.render(
        status,
        configOf(status.revision()),
        operator.terminal.width(),
        Math.max(StatusScreen.ROWS, operator.terminal.height() - 1),
        operator.terminal.colour(),
        operator.terminal.time().instant());
  }

  /// The screen is worth showing without the document too, so trouble with it is no reason to show nothing.
  private @Nullable FarmConfig configOf(long revision) {
    if (revision != configRevision && revision != 0) {
      try {
        config = Operator.config(operator.client().revision(revision));
        configRevision = revision;
      } catch (AdminException e) {
        return null;
      }
    }
    return config;
  }

  static boolean isFine(Wire.FarmStatus status, @Nullable FarmConfig config) {
    return status.nodes().stream().allMatch(node -> node.rejected() == null)
        && VirtualSection.fine(status.nodes(), config)
        && PoolSection.views(status.nodes(), null).values().stream()
            .allMatch(members ->
                members.stream().anyMatch(member -> member.states().containsValue("up")));
  }
}
