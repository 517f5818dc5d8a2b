package io.portcullis.farm.cli;

import io.portcullis.farm.lync.LyncNames;
import io.portcullis.farm.lync.LyncNames.DnsName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `farmctl lync dns`: the records to create, as a table, as zone lines, or as PowerShell for Microsoft DNS.
@Command(
    name = "dns",
    description = "Show the DNS records that a Lync topology needs, outside and inside.",
    footer = {
      "",
      "Example:  farmctl lync dns --file farm.yaml --external 203.0.113.10 --bind > records.zone"
    })
final class LyncDns implements Callable<Integer> {
  /// Names and addresses are there to be copied, so none is cut to the terminal's width.
  private static final int UNCUT = 400;

  private static final String UNKNOWN = "ADDRESS-OF-THE-FARM";

  private final Operator operator;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "The document. Default: what the farm runs.")
  private @Nullable Path file;

  @Option(
      names = "--external",
      paramLabel = "ADDRESS",
      description = "Where the Internet reaches the farm; repeat for several nodes or for IPv6.")
  private List<String> external = new ArrayList<>();

  @Option(
      names = "--internal",
      paramLabel = "ADDRESS",
      description = "Where the inside reaches the farm. Default: as outside.")
  private List<String> internal = new ArrayList<>();

  @Option(names = "--bind", description = "Zone lines for BIND.")
  private boolean bind;

  @Option(names = "--powershell", description = "Commands for Microsoft DNS.")
  private boolean powershell;

  LyncDns(Operator operator) {
    this.operator = operator;
  }

  /// @param view external or internal
  /// @param type A, AAAA or CNAME
  record Line(String view, String zone, String name, String type, String value, String why) {}

  @Override
  public Integer call() throws Exception {
    List<Line> lines = new ArrayList<>();
    for (DnsName name : LyncNames.dns(LyncDocument.read(operator, file).lync())) {
      lines.addAll(lines(name));
    }
    operator.answer(
        lines,
        () -> {
          if (bind) {
            return zones(lines);
          }
          return powershell ? commands(lines) : table(lines);
        });
    return 0;
  }

  private List<Line> lines(DnsName name) {
    String view = name.internal() ? "internal" : "external";
    String alias = name.alias();
    if (alias != null) {
      return List.of(new Line(view, name.zone(), name.name(), "CNAME", alias, name.why()));
    }
    List<String> addresses = name.internal() && !internal.isEmpty() ? internal : external;
    return (addresses.isEmpty() ? List.of(UNKNOWN) : addresses)
        .stream()
            .map(address ->
                new Line(
                    view,
                    name.zone(),
                    name.name(),
                    address.indexOf(':') >= 0 ? "AAAA" : "A",
                    address,
                    name.why()))
            .toList();
  }

  private String table(List<Line> lines) {
    Table table = new Table().text("DNS").text("NAME").text("TYPE").text("VALUE").text("FOR");
    lines.forEach(l -> table.row(l.view(), l.name(), l.type(), l.value(), l.why()));
    return table.render(Math.max(UNCUT, operator.terminal.width()), operator.terminal.colour());
  }

  private static String zones(List<Line> lines) {
    StringBuilder text = new StringBuilder();
    for (String view : List.of("external", "internal")) {
      lines.stream()
          .filter(line -> line.view().equals(view))
          .collect(Collectors.groupingBy(Line::zone, java.util.TreeMap::new, Collectors.toList()))
          .forEach((zone, all) -> {
            text.append("; ").append(view).append('\n');
            text.append("$ORIGIN ").append(zone).append(".\n");
            all.forEach(line ->
                text.append(
                    "%-24s 300 IN %-5s %s%s%n"
                        .formatted(
                            label(line),
                            line.type(),
                            line.value(),
                            line.type().equals("CNAME") ? "." : "")));
          });
    }
    return text.toString();
  }

  private static String commands(List<Line> lines) {
    StringBuilder text = new StringBuilder();
    for (String view : List.of("external", "internal")) {
      text.append("# ").append(view).append('\n');
      lines.stream()
          .filter(line -> line.view().equals(view))
          .forEach(line -> text.append(command(line)).append('\n'));
    }
    return text.toString();
  }

  private static String command(Line line) {
    String start = "Add-DnsServerResourceRecord%s -ZoneName \"%s\" -Name \"%s\" ";
    return switch (line.type()) {
      case "AAAA" ->
          start.formatted("AAAA", line.zone(), label(line))
              + "-IPv6Address \"%s\"".formatted(line.value());
      case "CNAME" ->
          start.formatted("CName", line.zone(), label(line))
              + "-HostNameAlias \"%s\"".formatted(line.value());
      default ->
          start.formatted("A", line.zone(), label(line))
              + "-IPv4Address \"%s\"".formatted(line.value());
    };
  }

  /// The name below its zone; `@` for the zone itself.
  private static String label(Line line) {
    return line.name().equals(line.zone())
        ? "@"
        : line.name().substring(0, line.name().length() - line.zone().length() - 1);
  }
}
