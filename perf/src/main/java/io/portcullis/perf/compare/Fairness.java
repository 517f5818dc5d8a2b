package io.portcullis.perf.compare;

import io.portcullis.perf.load.LoadResult;
import io.portcullis.perf.load.Measurement;
import io.portcullis.perf.load.Shape;
import io.portcullis.perf.report.Page;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Whether the contenders do the same work: what the load's own connections agreed on with each, and every body on every port.
///
/// The origin's side needs no look: the origin offers one version and one cipher suite.
record Fairness(List<Terms> terms) {

  private static final Duration LOOK = Duration.ofMillis(500);

  /// One connection after the other: after so many, a server that gives tickets has been shown one.
  private static final int HANDSHAKES = 4;

  /// A JVM's first handshakes take long on a busy machine.
  private static final int MOST_LOOKS = 20;

  /// @param tls version, cipher suite, group and kind of key
  /// @param tickets whether sessions were resumed
  /// @param bodies what is wrong with bodies, by port; empty if all were right
  record Terms(String contender, String tls, boolean tickets, List<String> bodies) {
    Terms {
      bodies = List.copyOf(bodies);
    }

    boolean alike(Terms other) {
      return tls.equals(other.tls) && tickets == other.tickets;
    }
  }

  Fairness {
    terms = List.copyOf(terms);
  }

  static Fairness of(Collection<Running> running, Bench bench)
      throws IOException, InterruptedException {
    List<Terms> terms = new ArrayList<>();
    for (Running one : running) {
      terms.add(look(one.contender(), bench));
    }
    return new Fairness(terms);
  }

  private static Terms look(Contender contender, Bench bench)
      throws IOException, InterruptedException {
    Set<String> agreed = new TreeSet<>();
    boolean resumed = false;
    long handshakes = 0;
    for (int i = 0; i < MOST_LOOKS && handshakes < HANDSHAKES; i++) {
      LoadResult seen = oneAfterTheOther(contender, bench);
      agreed.addAll(seen.agreed().keySet());
      resumed |= seen.operations().containsKey(Shape.TLS_RESUMED.word());
      handshakes = Math.max(handshakes, seen.answered());
    }
    return new Terms(
        contender.name(),
        String.join(" and ", agreed),
        resumed,
        new BodyCheck(bench).of(contender));
  }

  private static LoadResult oneAfterTheOther(Contender contender, Bench bench)
      throws IOException, InterruptedException {
    return Measurement.quietly(
        new Measurement.Ask(
            "https://" + Bench.NAME,
            "127.0.0.1:" + contender.https(),
            bench.file("ca.pem"),
            Shape.TLS_RESUMED,
            64,
            1,
            0,
            LOOK));
  }

  boolean bodiesRight() {
    return terms.stream().allMatch(one -> one.bodies().isEmpty());
  }

  /// Whether the figures may be compared.
  boolean same() {
    return bodiesRight() && terms.stream().allMatch(terms.getFirst()::alike);
  }

  private String summary() {
    if (!bodiesRight()) {
      return "A body is wrong: these figures do not count.";
    }
    return same()
        ? "All agreed on the same, and every body on every port was right."
        : "The contenders did not agree on the same: these figures compare different work.";
  }

  private static final List<String> HEAD = List.of("proxy", "TLS agreed", "tickets", "bodies");

  private List<List<String>> rows() {
    return terms.stream()
        .map(one ->
            List.of(
                one.contender(),
                (one.alike(terms.getFirst()) ? "" : "✗ ") + one.tls(),
                (one.tickets() == terms.getFirst().tickets() ? "" : "✗ ")
                    + (one.tickets() ? "resumed" : "none"),
                one.bodies().isEmpty() ? "✓ right" : "✗ " + String.join("; ", one.bodies())))
        .toList();
  }

  String markdown() {
    StringBuilder text = new StringBuilder();
    Ranking.line(text, HEAD);
    Ranking.line(text, HEAD.stream().map(_ -> "---").toList());
    rows().forEach(row -> Ranking.line(text, row));
    return text.append('\n').append(summary()).append('\n').toString();
  }

  Page onto(Page page) {
    return page.heading("Is it fair?").line(same() ? "good" : "bad", summary()).table(HEAD, rows());
  }
}
