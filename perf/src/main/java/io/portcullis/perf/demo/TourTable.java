package io.portcullis.perf.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The findings of a tour, for people.
final class TourTable {

  private final Progress out;

  TourTable(Progress out) {
    this.out = out;
  }

  void print(Tour.Findings findings, Topology topology) {
    out.line("");
    out.line(row("NODE", "PUBLIC NAME", "RULE", "MEMBER", "STATUS", "TLS", "MS"));
    for (Tour.Stop stop : findings.stops()) {
      String line = row(stop);
      if (stop.complaint().isEmpty()) {
        out.line(line);
      } else {
        out.failed(line);
        out.failed("       ^ " + stop.request().line() + ": " + stop.complaint());
      }
    }
    out.line("");
    printSources(findings.sources(), topology);
    findings.complaints().forEach(out::failed);
  }

  private void printSources(List<Tour.Source> sources, Topology topology) {
    List<String> titles = new ArrayList<>(List.of("SOURCE"));
    topology.nodes().forEach(node -> titles.add("THROUGH " + node.name()));
    out.line(columns(titles));
    for (Tour.Source source : sources) {
      List<String> cells = new ArrayList<>(List.of(source.address()));
      topology.nodes().forEach(node -> cells.add(source.members().getOrDefault(node.name(), "")));
      if (source.complaint().isEmpty()) {
        out.line(columns(cells));
      } else {
        out.failed(columns(cells) + "  " + source.complaint());
      }
    }
  }

  private static String columns(List<String> cells) {
    StringBuilder line = new StringBuilder();
    cells.forEach(cell -> line.append(String.format(Locale.ROOT, "%-20s", cell)));
    return line.toString().stripTrailing();
  }

  private static String row(Tour.Stop stop) {
    PublicClient.Reply reply = stop.reply();
    NodeLogs.Served served = stop.served();
    String scheme = stop.request().serverName() == null ? "http" : "https";
    String host = stop.request().host().replaceFirst(":[0-9]+$", "");
    return row(
        stop.node(),
        scheme + "://" + host,
        served == null ? "?" : served.rule(),
        served == null || served.member().isEmpty() ? "-" : served.member(),
        reply == null ? "none" : Integer.toString(reply.status()),
        reply == null || reply.tls().isEmpty() ? "-" : reply.tls(),
        served == null ? "-" : String.format(Locale.ROOT, "%.1f", served.millis()));
  }

  private static String row(Object... cells) {
    return String.format(Locale.ROOT, "%-7s %-35s %-20s %-18s %-6s %-8s %7s", cells)
        .stripTrailing();
  }
}
