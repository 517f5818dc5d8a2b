package io.portcullis.proxy;

import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.cli.IdentityPlace;
import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.lync.LyncExpansion;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Problem;
import io.portcullis.proxy.explain.Explanation;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `farmctl explain SOURCE URL`: which listener, rule, pool and member a request would meet, and why not others; by a document, or by
/// what the farm serves and its nodes report.
@Command(
    name = "farmctl explain",
    mixinStandardHelpOptions = true,
    usageHelpWidth = 100,
    description = "Say what becomes of a request for URL from the address SOURCE, and why.")
public final class Explain implements Callable<Integer> {

  private static final int FINE = 0;
  private static final int NOT_FINE = 1;

  /// A source is bound once for each group of pools.
  private static final int MOST_POOLS = 1000;

  @Parameters(index = "0", paramLabel = "SOURCE", description = "A client's address.")
  private String source = "";

  @Parameters(index = "1", paramLabel = "URL", description = "https://name/path, or http://...")
  private String url = "";

  @Option(
      names = "--file",
      paramLabel = "FARM.YAML",
      description = "By this document, asking nobody; else by what the farm serves.")
  private @Nullable Path file;

  @Option(
      names = "--identity",
      paramLabel = "FILE",
      description =
          "Who you are to the farm. Default: $PORTCULLIS_IDENTITY, else"
              + " ~/.config/portcullis/identity.pem.")
  private @Nullable Path identity;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      description = "table (for people) or json (for programs).")
  private String output = "table";

  @Spec private @Nullable CommandSpec spec;

  private final PrintStream out;
  private final PrintStream err;

  Explain(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  public static void main(String[] arguments) {
    System.exit(run(arguments, System.out, System.err));
  }

  static int run(String[] arguments, PrintStream out, PrintStream err) {
    return new CommandLine(new Explain(out, err)).execute(arguments);
  }

  @Override
  public Integer call() throws IOException {
    if (spec != null && !List.of("table", "json").contains(output)) {
      throw new ParameterException(spec.commandLine(), "--output is table or json");
    }
    try {
      Path document = file;
      return document == null ? byFarm() : byFile(document);
    } catch (AdminException e) {
      return complain(e.exitCode(), e.getMessage(), e.hint());
    } catch (IllegalArgumentException e) {
      return complain(2, String.valueOf(e.getMessage()), "");
    }
  }

  private int complain(int code, String message, String hint) {
    err.println("error: " + message);
    if (!hint.isEmpty()) {
      err.println("    -> " + hint);
    }
    return code;
  }

  private int byFile(Path document) throws IOException {
    if (!Files.isReadable(document)) {
      return complain(NOT_FINE, "cannot read " + document, "name a document that is there");
    }
    FarmConfig config = config(Files.readString(document), document.toString());
    if (config == null) {
      return NOT_FINE;
    }
    Ground ground = new Ground(LyncExpansion.expand(config));
    Explanation explanation = ground.explainer().explain(source, url);
    print(Map.of("document", explanation));
    return explanation.served() ? FINE : NOT_FINE;
  }

  private @Nullable FarmConfig config(String text, String name) {
    return switch (FarmDocuments.decode(text, name)) {
      case Decoded.Accepted(FarmConfig config, _) -> config;
      case Decoded.Refused(List<Problem> problems) -> {
        problems.forEach(err::println);
        yield null;
      }
    };
  }

  private int byFarm() throws AdminException {
    Path who = IdentityPlace.of(identity, System.getenv(), Path.of("").toAbsolutePath());
    try (AdminClient client = AdminClient.open(who)) {
      Wire.FarmStatus status = client.status();
      if (status.revision() == 0) {
        return complain(
            NOT_FINE, "the farm has no document yet", "give it one: farmctl apply FILE");
      }
      FarmConfig config =
          config(client.revision(status.revision()).expanded(), "revision " + status.revision());
      if (config == null) {
        return NOT_FINE;
      }
      List<Wire.Binding> bindings =
          client.bindings(new Wire.BindingQuery(source, null, MOST_POOLS, false)).bindings();
      Map<String, Explanation> byNode = new LinkedHashMap<>();
      for (Wire.NodeStatus node : status.nodes()) {
        Ground ground = new Ground(config);
        ground.asSeenBy(node);
        ground.boundAs(bindings);
        byNode.put(node.id(), ground.explainer().explain(source, url));
      }
      if (byNode.isEmpty()) {
        Ground ground = new Ground(config);
        ground.boundAs(bindings);
        byNode.put("no node is there", ground.explainer().explain(source, url));
      }
      print(byNode);
      return byNode.values().stream().allMatch(Explanation::served) ? FINE : NOT_FINE;
    }
  }

  /// Nodes that say the same are shown together.
  private void print(Map<String, Explanation> byNode) {
    if (output.equals("json")) {
      out.println(new String(WireJson.write(byNode), StandardCharsets.UTF_8));
    } else {
      Map<Explanation, String> nodes = new LinkedHashMap<>();
      byNode.forEach((node, one) -> nodes.merge(one, node, (some, more) -> some + ", " + more));
      nodes.forEach((one, who) -> {
        out.print(one.text());
        if (nodes.size() > 1 || !who.equals("document")) {
          out.println("as seen by " + who);
        }
      });
    }
    out.flush();
  }
}
