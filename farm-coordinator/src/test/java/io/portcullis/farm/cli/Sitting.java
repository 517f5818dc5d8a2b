package io.portcullis.farm.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// Somebody at a terminal whose screen can be read afterwards.
public final class Sitting {
  private final Path directory;
  private final Map<String, String> environment = new HashMap<>();
  private final Joining joining;
  private Restoring restoring =
      (_, _, _) -> {
        throw new java.io.IOException("nothing is restored here");
      };
  private int patience = Integer.MAX_VALUE;
  private String out = "";
  private String err = "";

  public Sitting(Path directory, Joining joining) {
    this.directory = directory;
    this.joining = joining;
    environment.put("HOME", directory.toString());
  }

  public Sitting restoring(Restoring how) {
    restoring = how;
    return this;
  }

  public Sitting with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /// Somebody who presses Ctrl-C at the given pause.
  public Sitting patience(int pauses) {
    patience = pauses;
    return this;
  }

  private void pause(Duration time) throws InterruptedException {
    if (--patience <= 0) {
      throw new InterruptedException();
    }
    LockSupport.parkNanos(time.toNanos());
  }

  /// @return the exit code
  public int type(String... words) {
    StringWriter output = new StringWriter();
    StringWriter errors = new StringWriter();
    int code =
        Commands.run(
            words,
            new Terminal(
                new PrintWriter(output),
                new PrintWriter(errors),
                false,
                80,
                24,
                directory,
                environment,
                InstantSource.system(),
                this::pause),
            joining,
            restoring);
    out = output.toString();
    err = errors.toString();
    return code;
  }

  public String out() {
    return out;
  }

  public String err() {
    return err;
  }
}
