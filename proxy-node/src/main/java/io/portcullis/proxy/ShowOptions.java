package io.portcullis.proxy;

import io.portcullis.proxy.member.Bind;
import io.portcullis.proxy.observe.AccessLog;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Arguments of `node run` about what it shows of itself.
final class ShowOptions {

  private static final String NONE = "none";
  private static final long MEGABYTE = 1024 * 1024;

  /// What `--access-log-format` can say.
  enum Format {
    json,
    w3c
  }

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = "--access-log",
      paramLabel = "FILE",
      description =
          "A line for every request; \"none\" for no log. In a farm DIR/log/access.log by default,"
              + " with --file none. SIGHUP opens it anew.")
  private @Nullable String file;

  @Option(
      names = "--access-log-format",
      paramLabel = "json|w3c",
      defaultValue = "json",
      description = "JSON lines, or the W3C extended format that IIS writes (default: json).")
  private Format format = Format.json;

  @Option(
      names = "--access-log-megabytes",
      paramLabel = "N",
      defaultValue = "100",
      description = "A full log becomes FILE.1 and so on (default: 100).")
  private int megabytes = 100;

  @Option(
      names = "--access-log-files",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many files to keep, the current one counted (default: 10).")
  private int files = 10;

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      description =
          "Where /metrics, /healthz, /readyz, /snapshot and /explain are; \"none\" for nowhere."
              + " 127.0.0.1:9470 by default, or another port if that one is taken.")
  private @Nullable String admin;

  /// Null for nowhere.
  NodeOptions.@Nullable Admin adminAddress() {
    String wanted = admin;
    if (wanted == null) {
      return NodeOptions.Admin.USUAL;
    }
    if (wanted.equals(NONE)) {
      return null;
    }
    Bind bind = Bind.parse(wanted);
    if (bind == null) {
      throw wrong("--admin wants an IP address and a port, such as 127.0.0.1:9470 or [::1]:9470");
    }
    return new NodeOptions.Admin(bind, false);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
  }

  /// Null for no log.
  AccessLog.@Nullable Settings settings(@Nullable Path state) {
    if (megabytes < 1 || files < 1) {
      throw wrong("--access-log-megabytes and --access-log-files must be 1 or more");
    }
    Path chosen = path(state);
    return chosen == null
        ? null
        : new AccessLog.Settings(chosen, format == Format.w3c, megabytes * MEGABYTE, files);
  }

  private @Nullable Path path(@Nullable Path state) {
    if (file != null) {
      return file.equals(NONE) ? null : Path.of(file);
    }
    return state == null ? null : state.resolve("log").resolve("access.log");
  }
}
