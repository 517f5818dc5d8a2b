package io.portcullis.perf.load;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options that say what is loaded, and that it may be.
public final class TargetOptions {

  @Option(
      names = "--target",
      required = true,
      paramLabel = "URL",
      description = "https://HOST[:PORT] of the pool's web services, as users reach it")
  private String target = "";

  @Option(
      names = "--connect",
      paramLabel = "ADDRESS:PORT",
      description = {
        "connect here instead of resolving names: a node of the farm; several with commas between:",
        "users spread over them, and take the next if nobody listens at theirs"
      })
  private @Nullable String connect;

  @Option(
      names = "--discover",
      paramLabel = "HOST",
      description = "name of autodiscover, for user models (default: the target's)")
  private @Nullable String discover;

  @Option(
      names = "--meet",
      paramLabel = "HOST",
      description = "name of the Meet simple URL, for user models (default: the target's)")
  private @Nullable String meet;

  @Option(
      names = "--trust",
      paramLabel = "FILE",
      description = "PEM file of the CAs to trust (default: those of the JDK)")
  private @Nullable Path trust;

  @Option(
      names = "--allow",
      paramLabel = "HOST",
      description =
          "this host may be loaded; repeat for each name, and for the address of --connect")
  private List<String> allowed = new ArrayList<>();

  @Option(
      names = "--token",
      paramLabel = "FILE",
      description =
          "instead of --allow: each name serves this file's content at " + Permission.PATH)
  private @Nullable Path token;

  @Option(
      names = "--metrics",
      paramLabel = "URL",
      description =
          "a node's /metrics, such as http://127.0.0.1:9470/metrics, for its CPU and GC in the report; repeat for more")
  private List<String> metrics = new ArrayList<>();

  List<String> metrics() {
    return metrics;
  }

  /// @throws IllegalArgumentException saying what is wrong
  Site site() {
    return Site.parse(target, connect, discover, meet);
  }

  @Nullable Path trust() {
    return trust;
  }

  List<String> allowed() {
    return allowed;
  }

  @Nullable Path token() {
    return token;
  }
}
