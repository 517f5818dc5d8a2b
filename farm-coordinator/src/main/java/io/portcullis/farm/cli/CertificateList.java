package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.CertificateOrder;
import io.portcullis.farm.api.wire.HeldCertificates;
import io.portcullis.farm.codec.PemCertificates;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Listener;
import io.portcullis.farm.model.PublishingRule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/// `farmctl certificate list`: what the farm holds, for how long, and which rules it serves.
@Command(
    name = "list",
    description =
        "Show the farm's certificates: names, days left, the rules they serve; requests that wait; and what the farm orders by itself.",
    footer = {"", "Example:  farmctl certificate list"})
final class CertificateList implements Callable<Integer> {
  /// Names and rules are what one looks for, so none is cut to the terminal's width.
  private static final int UNCUT = 400;

  /// Three weeks are what an authority and a weekend take.
  private static final int SOON_DAYS = 21;

  private final Operator operator;

  CertificateList(Operator operator) {
    this.operator = operator;
  }

  /// @param rules that clients reach with it
  record Held(
      String name,
      int version,
      long daysLeft,
      Instant notAfter,
      List<String> names,
      List<String> rules) {}

  record Listed(
      List<Held> held, List<HeldCertificates.Waiting> waiting, List<CertificateOrder> orders) {}

  @Override
  public Integer call() throws Exception {
    HeldCertificates list = operator.client().certificates();
    long revision = operator.client().status().revision();
    FarmConfig config =
        revision == 0 ? null : Operator.config(operator.client().revision(revision));
    Instant now = operator.terminal.time().instant();
    Listed listed =
        new Listed(
            list.held().stream()
                .map(held ->
                    new Held(
                        held.name(),
                        held.version(),
                        Duration.between(now, held.notAfter()).toDays(),
                        held.notAfter(),
                        held.names(),
                        rules(config, held)))
                .toList(),
            list.waiting(),
            list.orders());
    operator.answer(listed, () -> table(listed));
    return 0;
  }

  /// Rules of a listener that shows this certificate, for one of its names.
  private static List<String> rules(@Nullable FarmConfig config, HeldCertificates.Held held) {
    if (config == null) {
      return List.of();
    }
    List<String> listeners =
        config.listeners().stream()
            .filter(listener -> shows(listener, held.name()))
            .map(Listener::name)
            .toList();
    return config.rules().stream()
        .filter(rule -> listeners.contains(rule.listener()))
        .filter(rule ->
            rule.publicNames().stream()
                .anyMatch(name -> PemCertificates.covers(held.names(), name)))
        .map(PublishingRule::name)
        .toList();
  }

  private static boolean shows(Listener listener, String certificate) {
    Listener.ListenerTls tls = listener.tls();
    return tls != null && tls.certificates().contains(certificate);
  }

  private String table(Listed listed) {
    StringBuilder text = new StringBuilder();
    if (listed.held().isEmpty()) {
      text.append("the farm holds no certificate\n");
    } else {
      Table table =
          new Table()
              .text("CERTIFICATE")
              .text("VERSION")
              .text("DAYS LEFT")
              .text("RULES")
              .text("NAMES");
      for (Held held : listed.held()) {
        table.row(
            Table.Cell.of(held.name()),
            Table.Cell.of(Integer.toString(held.version())),
            new Table.Cell(Long.toString(held.daysLeft()), style(held.daysLeft())),
            Table.Cell.of(held.rules().isEmpty() ? "none" : String.join(" ", held.rules())),
            Table.Cell.of(String.join(" ", held.names())));
      }
      text.append(
          table.render(Math.max(UNCUT, operator.terminal.width()), operator.terminal.colour()));
    }
    for (HeldCertificates.Waiting waiting : listed.waiting()) {
      text.append(
          "\n%s: requested by %s at %s, waits for its answer: farmctl certificate import %s ANSWER\n  for %s\n"
              .formatted(
                  waiting.name(),
                  waiting.by(),
                  waiting.since(),
                  waiting.name(),
                  String.join(", ", waiting.names())));
    }
    for (CertificateOrder order : listed.orders()) {
      OrderWords.whole(order).lines().forEach(line -> text.append(Text.safe(line)).append('\n'));
    }
    return text.toString();
  }

  private static Style style(long days) {
    if (days < 0) {
      return Style.BAD;
    }
    return days < SOON_DAYS ? Style.WARNING : Style.GOOD;
  }
}
