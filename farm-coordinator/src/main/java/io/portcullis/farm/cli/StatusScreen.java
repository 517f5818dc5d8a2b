package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Rotations;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.cli.Screen.Row;
import io.portcullis.farm.cli.Screen.Section;
import io.portcullis.farm.cli.Table.Cell;
import io.portcullis.farm.codec.Expiry;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Listener;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The farm on one screen: is it reachable, does every node serve the current revision, are the members up, do the
/// certificates last. A pure function of what was asked and when.
public final class StatusScreen {
  /// A console of an appliance: 80x24, less the line the prompt or cursor stands on.
  public static final int ROWS = 23;

  /// A month leaves time to order and test a new certificate at leisure.
  static final Duration CERTIFICATE_WARNING = Duration.ofDays(30);

  /// A week is the last moment for a certificate authority that checks by hand.
  static final Duration CERTIFICATE_ALARM = Duration.ofDays(7);

  private StatusScreen() {}

  /// @param config what the current revision says; null shows only what the nodes report
  /// @param width columns of the terminal; no line is longer
  public static String render(
      Wire.FarmStatus status, @Nullable FarmConfig config, int width, boolean colour, Instant now) {
    return render(status, config, width, ROWS, colour, now);
  }

  /// @param height rows that may be used; rows without trouble are left out first
  public static String render(
      Wire.FarmStatus status,
      @Nullable FarmConfig config,
      int width,
      int height,
      boolean colour,
      Instant now) {
    List<String> lines = new ArrayList<>(head(status, width, colour, now));
    List<Section> sections =
        List.of(
            nodes(status, now),
            VirtualSection.of(status.nodes(), config),
            listeners(status, config),
            PoolSection.of(status.nodes(), config),
            certificates(status, now));
    lines.addAll(Screen.fit(sections, width, height - lines.size(), colour));
    return String.join("\n", lines) + "\n";
  }

  private static List<String> head(Wire.FarmStatus status, int width, boolean colour, Instant now) {
    String clock = now.truncatedTo(ChronoUnit.SECONDS).toString();
    String farm =
        Text.cut(
            Text.safe(status.farm() + "  " + revisionWords(status)), width - clock.length() - 2);
    String first =
        Style.TITLE.paint(farm, colour)
            + " ".repeat(Math.max(2, width - farm.length() - clock.length()))
            + Style.FAINT.paint(clock, colour);
    List<String> coordinators =
        status.coordinators().stream()
            .map(c -> c.id() + " " + c.address() + " " + c.state())
            .toList();
    String second =
        coordinators.isEmpty()
            ? "no coordinator known"
            : "coordinator"
                + (coordinators.size() == 1 ? "" : "s")
                + "  "
                + String.join(", ", coordinators);
    List<String> lines = new ArrayList<>(List.of(first, Text.cut(Text.safe(second), width)));
    String endurance = Endurance.words(status.coordinators(), status.ensemble());
    if (!endurance.isEmpty()) {
      lines.add(Text.cut(Text.safe(endurance), width));
    }
    lines.add(verdict(status, width, colour));
    rotation(status, width).ifPresent(lines::add);
    ending(status, width, colour, now).ifPresent(lines::add);
    Style order = OrderWords.isBad(status.orders()) ? Style.BAD : Style.WARNING;
    OrderWords.worst(status.orders())
        .map(words -> order.paint(Text.cut(Text.safe(words), width), colour))
        .ifPresent(lines::add);
    return lines;
  }

  /// The certificate that ends first, if that is near, in the words of the log.
  private static Optional<String> ending(
      Wire.FarmStatus status, int width, boolean colour, Instant now) {
    return status.certificates().stream()
        .min(Comparator.comparing(Wire.CertificateStatus::notAfter))
        .flatMap(first -> {
          Expiry expiry = new Expiry(first.notAfter(), null);
          Style style = expiryStyle(expiry(Duration.between(now, first.notAfter())));
          return expiry
              .level(now)
              .map(level -> Text.cut(Text.safe(expiry.words(first.name(), level)), width))
              .map(words -> style.paint(words, colour));
        });
  }

  private static String revisionWords(Wire.FarmStatus status) {
    Wire.Unconfirmed waiting = status.unconfirmed();
    String words = status.revision() == 0 ? "no revision yet" : "revision " + status.revision();
    return waiting == null
        ? words
        : words
            + ", back to %d at %s unless confirmed"
                .formatted(waiting.backTo(), waiting.until().truncatedTo(ChronoUnit.SECONDS));
  }

  /// Only while the farm goes over to another CA.
  private static Optional<String> rotation(Wire.FarmStatus status, int width) {
    Rotations.FarmCaStatus way = status.farmCa();
    if (way == null) {
      return Optional.empty();
    }
    int left = way.waitingFor().size() + way.toRenew().size();
    return Optional.of(
        Text.cut(
            "on the way to another farm CA, %d to go: farmctl farm-ca status".formatted(left),
            width));
  }

  /// The line to read when there is time for one.
  private static String verdict(Wire.FarmStatus status, int width, boolean colour) {
    int all = status.nodes().size();
    long rejecting = status.nodes().stream().filter(n -> n.rejected() != null).count();
    long behind =
        status.nodes().stream()
            .filter(n -> n.rejected() == null && n.appliedRevision() < status.revision())
            .count();
    if (all == 0) {
      return Style.WARNING.paint(
          Text.cut("no node is connected: farmctl token create, then farmctl join on it", width),
          colour);
    }
    if (status.revision() == 0) {
      return Style.WARNING.paint(
          Text.cut(Text.count(all, "node") + " waiting for a document: farmctl apply FILE", width),
          colour);
    }
    if (rejecting > 0) {
      String why =
          status.nodes().stream()
              .map(Wire.NodeStatus::rejected)
              .filter(Objects::nonNull)
              .findFirst()
              .orElse("");
      return Style.BAD.paint(
          Text.cut(
              Text.safe(
                  "%d of %s rejected revision %d: %s"
                      .formatted(rejecting, Text.count(all, "node"), status.revision(), why)),
              width),
          colour);
    }
    return behind > 0
        ? Style.WARNING.paint(
            Text.cut(behind + " of " + Text.count(all, "node") + " not there yet", width), colour)
        : Style.GOOD.paint(
            Text.cut(Text.count(all, "node") + ", all on the current revision", width), colour);
  }

  private static @Nullable String unsaved(Wire.NodeStatus node) {
    Wire.Standing standing = node.standing();
    return standing == null ? null : standing.outcome().unsaved();
  }

  private static Section nodes(Wire.FarmStatus status, Instant now) {
    List<Row> rows = new ArrayList<>();
    for (Wire.NodeStatus node : status.nodes()) {
      String rejected = node.rejected();
      boolean behind = node.appliedRevision() < status.revision();
      String unsaved = unsaved(node);
      Cell state =
          rejected != null
              ? new Cell("rejected: " + rejected, Style.BAD)
              : node.appliedRevision() == 0
                  ? new Cell("waiting for a revision", Style.WARNING)
                  : behind
                      ? new Cell("applying", Style.WARNING)
                      : node.draining()
                          ? new Cell("draining", Style.WARNING)
                          : unsaved != null
                              ? new Cell("serving, but " + unsaved, Style.WARNING)
                              : new Cell("serving", Style.GOOD);
      rows.add(
          new Row(
              rejected != null ? 2 : behind || unsaved != null ? 1 : 0,
              List.of(
                  Cell.of(node.id()),
                  Cell.of(node.appliedRevision()),
                  Cell.of(node.openConnections()),
                  Cell.of(node.exchanges()),
                  Cell.of(Text.lasting(Duration.between(node.startedAt(), now))),
                  state)));
    }
    return new Section(
        () ->
            new Table()
                .text("NODE")
                .number("REVISION")
                .number("CONNECTIONS")
                .number("EXCHANGES")
                .number("UP FOR")
                .text("STATE"),
        rows,
        "farmctl get nodes");
  }

  private static Section listeners(Wire.FarmStatus status, @Nullable FarmConfig config) {
    Map<String, TreeSet<String>> bound = new TreeMap<>();
    Map<String, Listener> said = new TreeMap<>();
    if (config != null) {
      config.listeners().forEach(l -> said.put(l.name(), l));
      config.listeners().forEach(l -> bound.put(l.name(), new TreeSet<>()));
    }
    for (Wire.NodeStatus node : status.nodes()) {
      node.listeners()
          .forEach((name, at) ->
              bound.computeIfAbsent(name, _ -> new TreeSet<>()).add(node.id() + " " + at));
    }
    List<Row> rows = new ArrayList<>();
    int nodes = status.nodes().size();
    bound.forEach((name, at) -> {
      Listener listener = said.get(name);
      boolean missing = at.size() < nodes;
      rows.add(
          new Row(
              missing ? 1 : 0,
              List.of(
                  Cell.of(name),
                  Cell.of(listener == null ? "?" : protocol(listener)),
                  new Cell(at.size() + "/" + nodes, missing ? Style.BAD : Style.GOOD),
                  Cell.of(String.join(", ", at)))));
    });
    return new Section(
        () -> new Table().text("LISTENER").text("PROTOCOL").number("OPEN").text("WHERE"),
        rows,
        "farmctl get listeners");
  }

  static String protocol(Listener listener) {
    return listener.tls() == null ? "HTTP" : "HTTPS " + listener.tls().minVersion().word() + "+";
  }

  private static Section certificates(Wire.FarmStatus status, Instant now) {
    List<Row> rows = new ArrayList<>();
    for (Wire.CertificateStatus certificate : status.certificates()) {
      Duration left = Duration.between(now, certificate.notAfter());
      int trouble = expiry(left);
      rows.add(
          new Row(
              trouble,
              List.of(
                  Cell.of(certificate.name()),
                  new Cell(daysLeft(left), expiryStyle(trouble)),
                  Cell.of(String.join(" ", certificate.names())))));
    }
    return new Section(
        () -> new Table().text("CERTIFICATE").number("DAYS LEFT").text("NAMES"),
        rows,
        "farmctl get certificates");
  }

  private static int expiry(Duration left) {
    return left.compareTo(CERTIFICATE_ALARM) < 0
        ? 2
        : left.compareTo(CERTIFICATE_WARNING) < 0 ? 1 : 0;
  }

  private static Style expiryStyle(int trouble) {
    return switch (trouble) {
      case 0 -> Style.GOOD;
      case 1 -> Style.WARNING;
      default -> Style.BAD;
    };
  }

  /// With a mark that is seen without colour: `! 12`.
  static String daysLeft(Duration left) {
    return left.isNegative() ? "! expired" : (expiry(left) > 0 ? "! " : "") + left.toDays();
  }
}
