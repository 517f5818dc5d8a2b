package io.portcullis.proxy;

import io.portcullis.proxy.message.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Arguments of `node run`.
@Command(
    name = "node",
    description = "A reverse-proxy node.",
    synopsisSubcommandLabel = "run",
    subcommands = NodeCommand.Run.class)
final class NodeCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (spec != null) {
      throw new ParameterException(spec.commandLine(), "say what the node shall do: run");
    }
    return 2;
  }

  /// Either way of running.
  static final class Origin {
    @Option(
        names = "--file",
        paramLabel = "FARM.YAML",
        description = "Run alone from this document; SIGHUP reads it again.")
    @Nullable Path file;

    @Option(
        names = "--state",
        paramLabel = "DIR",
        description = "Run as a node of a farm; DIR holds its identity.")
    @Nullable Path state;
  }

  @Command(
      name = "run",
      mixinStandardHelpOptions = true,
      description = "Serves until stopped. SIGTERM finishes what runs, then ends.")
  static final class Run implements Callable<Integer> {

    @Spec private @Nullable CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Origin origin = new Origin();

    @Option(
        names = "--join",
        paramLabel = "TOKEN",
        description = "Join with the line \"farmctl token create\" printed, unless DIR has joined.")
    private @Nullable String token;

    @Option(
        names = "--name",
        paramLabel = "NAME",
        description = "What to be called in the farm; this machine's name by default.")
    private @Nullable String name;

    @Option(
        names = "--listen",
        paramLabel = "NAME=HOST:PORT",
        description = "Where listener NAME binds on this node, in place of the document's address.")
    private Map<String, String> listen = new LinkedHashMap<>();

    @Option(
        names = "--transport",
        paramLabel = "KIND",
        description =
            "How bytes reach this node: ${COMPLETION-CANDIDATES}; EPOLL by default, where there is one.")
    private @Nullable Transport transport;

    @Option(
        names = "--drain-seconds",
        paramLabel = "N",
        defaultValue = "30",
        description = "How long exchanges may take to finish after SIGTERM (default: 30).")
    private int drainSeconds;

    @Mixin private ShowOptions show = new ShowOptions();

    @Override
    public Integer call() throws InterruptedException {
      if (spec != null && origin.state == null && (token != null || name != null)) {
        throw new ParameterException(
            spec.commandLine(), "--join and --name go with --state DIR, not with --file");
      }
      if (spec != null && drainSeconds < 0) {
        throw new ParameterException(spec.commandLine(), "--drain-seconds cannot be negative");
      }
      NodeOptions options =
          new NodeOptions(
              origin.file,
              origin.state,
              token,
              name,
              listen,
              show.settings(origin.state),
              show.adminAddress(),
              transport,
              Duration.ofSeconds(drainSeconds));
      return ProxyNode.run(options, System.out, System.err);
    }
  }
}
