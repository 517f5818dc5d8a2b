package io.portcullis.perf.demo;

import io.portcullis.perf.demo.PublicClient.Reply;
import io.portcullis.perf.demo.PublicClient.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Real requests through both nodes for everything the document publishes, and what came back.
final class Tour {

  /// Enough sources that both members are all but certainly among those chosen.
  private static final int SOURCES = 8;

  private static final String HOME = "127.0.0.1";
  private static final String UNKNOWN = "intranet.contoso.com";

  private final PublicClient client;
  private final Topology topology;

  Tour(PublicClient client, Topology topology) {
    this.client = client;
    this.topology = topology;
  }

  /// A request, what was expected, what came.
  ///
  /// @param member that answered, empty if the node did
  /// @param complaint why this is not as expected, empty if it is
  /// @param served what the node's log says of it, if that is known
  record Stop(
      String node,
      Request request,
      Expectation expectation,
      @Nullable Reply reply,
      String member,
      String complaint,
      NodeLogs.@Nullable Served served) {

    Stop explained(NodeLogs.@Nullable Served byNode, String newComplaint) {
      return new Stop(node, request, expectation, reply, member, newComplaint, byNode);
    }
  }

  /// Which member a source gets through each node, by node name.
  record Source(String address, Map<String, String> members, String complaint) {}

  record Findings(List<Stop> stops, List<Source> sources, List<String> complaints) {
    boolean fine() {
      return complaints.isEmpty()
          && stops.stream().allMatch(stop -> stop.complaint().isEmpty())
          && sources.stream().allMatch(source -> source.complaint().isEmpty());
    }

    /// A source that has another member than the first one; the last if all have the same.
    String otherSource() {
      Collection<String> first = sources.getFirst().members().values();
      return sources.stream()
          .filter(source -> !List.copyOf(source.members().values()).equals(List.copyOf(first)))
          .findFirst()
          .orElse(sources.getLast())
          .address();
    }

    long trouble() {
      return complaints.size()
          + stops.stream().filter(stop -> !stop.complaint().isEmpty()).count()
          + sources.stream().filter(source -> !source.complaint().isEmpty()).count();
    }
  }

  Findings take() {
    List<Stop> stops = new ArrayList<>();
    for (Topology.Server node : topology.nodes()) {
      for (String name : Topology.publicNames()) {
        boolean discovery = Topology.discoverNames().contains(name);
        Expectation overTls = discovery ? new Expectation.Discovery() : new Expectation.Echo();
        stops.add(visit(node.name(), overTls(node, HOME, name, name, pathOf(name)), overTls));
      }
      stops.add(
          visit(
              node.name(),
              overTls(node, HOME, Topology.meetNames().getFirst(), UNKNOWN, "/"),
              new Expectation.Refusal()));
      for (String name : Topology.publicNames()) {
        boolean discovery = Topology.discoverNames().contains(name);
        Expectation inClear = discovery ? new Expectation.Discovery() : new Expectation.ToHttps();
        stops.add(visit(node.name(), inClear(node, name, pathOf(name)), inClear));
      }
      stops.add(visit(node.name(), inClear(node, UNKNOWN, "/"), new Expectation.Refusal()));
    }
    List<Source> sources = sources();
    return new Findings(stops, sources, complaints(sources));
  }

  private Stop visit(String node, Request request, Expectation expectation) {
    try {
      Reply reply = client.send(request);
      return new Stop(
          node,
          request,
          expectation,
          reply,
          reply.header("x-staging-member"),
          expectation.complaint(request, reply),
          null);
    } catch (IOException e) {
      return new Stop(node, request, expectation, null, "", reason(e), null);
    }
  }

  /// The same sources through each node.
  private List<Source> sources() {
    List<Source> sources = new ArrayList<>();
    for (int i = 1; i <= SOURCES; i++) {
      String address = "127.0.0." + i;
      Map<String, String> members = new LinkedHashMap<>();
      String complaint = "";
      for (Topology.Server node : topology.nodes()) {
        Stop stop =
            visit(
                node.name(),
                overTls(node, address, Topology.EXTERNAL, Topology.EXTERNAL, "/"),
                new Expectation.Echo());
        members.put(node.name(), stop.member());
        complaint = complaint.isEmpty() ? stop.complaint() : complaint;
      }
      complaint = complaint.isEmpty() ? disagreement(members.values()) : complaint;
      sources.add(new Source(address, members, complaint));
    }
    return sources;
  }

  static String disagreement(Collection<String> members) {
    return Set.copyOf(members).size() > 1 ? "the nodes chose different members for one source" : "";
  }

  private List<String> complaints(List<Source> sources) {
    Set<String> chosen = new LinkedHashSet<>();
    sources.forEach(source -> chosen.addAll(source.members().values()));
    List<String> complaints = new ArrayList<>();
    for (Topology.Server member : topology.members()) {
      if (!chosen.contains(member.name())) {
        complaints.add("no source was given to " + member.name());
      }
    }
    return complaints;
  }

  private static Request overTls(
      Topology.Server node, String source, String serverName, String host, String target) {
    return new Request(source, node.https(), serverName, host + ":" + node.https(), target);
  }

  private static Request inClear(Topology.Server node, String host, String target) {
    return new Request(HOME, node.http(), null, host + ":" + node.http(), target);
  }

  private static String pathOf(String name) {
    if (name.startsWith("meet.")) {
      return "/alice/F1R57C4L?sl=1";
    }
    if (name.startsWith("lyncdiscover.")) {
      return "/?sipuri=alice@" + name.substring(name.indexOf('.') + 1);
    }
    return name.equals(Topology.EXTERNAL) ? "/echo?d=%2f%252F<x>" : "/";
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }
}
