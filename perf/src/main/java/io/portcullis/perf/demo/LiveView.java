package io.portcullis.perf.demo;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.cli.StatusScreen;
import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.model.FarmConfig;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The farm while it stays up: its status, redrawn in place on a terminal, one line per change elsewhere.
///
/// A process that ends is reported with its last words and started again after a while, as systemd does on an appliance, so
/// that the farm can be watched losing and regaining it.
final class LiveView {

  private static final Duration REDRAW = Duration.ofSeconds(2);

  /// Long enough to see the farm without it.
  private static final Duration RESTART_AFTER = Duration.ofSeconds(20);

  private static final int DEFAULT_COLUMNS = 100;
  private static final int DEFAULT_ROWS = 24;

  private final DemoDirectory directory;
  private final Children children;
  private final Progress out;
  private final boolean terminal = Progress.isTerminal();
  private final Map<String, Instant> endedAt = new HashMap<>();
  private @Nullable FarmConfig config;
  private long configRevision;
  private int drawnLines;
  private String lastPlain = "";

  LiveView(DemoDirectory directory, Children children, Progress out) {
    this.directory = directory;
    this.children = children;
    this.out = out;
  }

  /// Until the demo is told to stop.
  void watch() throws InterruptedException, AdminException, DemoFailure {
    try (AdminClient admin = AdminClient.open(directory.operator())) {
      while (!children.isStopping()) {
        lookAfterChildren();
        String status = status(admin);
        if (terminal) {
          redraw(status);
        } else if (!status.equals(lastPlain)) {
          lastPlain = status;
          out.done(status);
        }
        Thread.sleep(REDRAW);
      }
    }
  }

  private void lookAfterChildren() throws DemoFailure {
    for (Child child : children.all()) {
      if (child.isAlive() || children.isStopping()) {
        continue;
      }
      Instant ended = endedAt.get(child.name());
      if (ended == null) {
        endedAt.put(child.name(), Instant.now());
        above(
            out.bad(
                "%s (pid %d) ended with exit code %d; it is started again in %d s"
                    .formatted(
                        child.name(), child.pid(), child.exitCode(), RESTART_AFTER.toSeconds())));
        above(child.lastWords());
      } else if (ended.plus(RESTART_AFTER).isBefore(Instant.now())) {
        endedAt.remove(child.name());
        Child again = children.start(child.program());
        above(out.good(again.name() + " was started again (pid " + again.pid() + ")"));
      }
    }
  }

  private String status(AdminClient admin) {
    try {
      Wire.FarmStatus status = admin.status();
      return terminal ? screen(admin, status) : plain(status);
    } catch (AdminException e) {
      return "no status: " + e.getMessage();
    }
  }

  private String screen(AdminClient admin, Wire.FarmStatus status) throws AdminException {
    if (status.revision() > 0 && status.revision() != configRevision) {
      String expanded = admin.revision(status.revision()).expanded();
      config =
          FarmDocuments.decode(expanded, "revision") instanceof Decoded.Accepted accepted
              ? accepted.config()
              : null;
      configRevision = status.revision();
    }
    int[] size = terminalSize();
    return StatusScreen.render(
        status, config, size[1], size[0] - 1, Progress.wantsColour(), Instant.now());
  }

  private static String plain(Wire.FarmStatus status) {
    StringBuilder line = new StringBuilder("revision " + status.revision());
    for (Wire.NodeStatus node : status.nodes()) {
      line.append("; ").append(node.id()).append(" serves ").append(node.appliedRevision());
      node.memberStates()
          .forEach((member, state) -> line.append(", ").append(member).append(' ').append(state));
    }
    return line.toString();
  }

  /// Prints something that stays, over the status that moves down.
  private void above(String text) {
    erase();
    out.line(text);
  }

  private void redraw(String text) {
    erase();
    List<String> lines = text.lines().toList();
    lines.forEach(out::line);
    drawnLines = lines.size();
  }

  private void erase() {
    if (terminal && drawnLines > 0) {
      System.out.print("\u001b[" + drawnLines + "A\u001b[J");
      drawnLines = 0;
    }
  }

  /// Rows and columns, asked each time because windows are resized.
  private static int[] terminalSize() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String[] words =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
              .strip()
              .split(" ");
      if (words.length == 2 && words[0].matches("[1-9][0-9]*") && words[1].matches("[1-9][0-9]*")) {
        return new int[] {Integer.parseInt(words[0]), Integer.parseInt(words[1])};
      }
    } catch (IOException e) {
      // No stty, no terminal of our own: a usual size is as good as any.
    }
    return new int[] {DEFAULT_ROWS, DEFAULT_COLUMNS};
  }
}
