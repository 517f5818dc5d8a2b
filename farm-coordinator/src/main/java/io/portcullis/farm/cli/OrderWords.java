package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.CertificateOrder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// How far the farm is with a certificate that it orders by itself, in words.
final class OrderWords {
  private OrderWords() {}

  /// The line of the status screen: the order with the most trouble; empty if all is well.
  static Optional<String> worst(List<CertificateOrder> orders) {
    return orders.stream()
        .filter(order -> order.failures() > 0 || order.version() == 0)
        .max(
            Comparator.comparing((CertificateOrder order) -> order.failures() > 0)
                .thenComparing(order -> order.version() == 0)
                .thenComparing(CertificateOrder::failures))
        .map(OrderWords::trouble);
  }

  static boolean isBad(List<CertificateOrder> orders) {
    return orders.stream().anyMatch(order -> order.failures() > 0);
  }

  private static String trouble(CertificateOrder order) {
    String shown = order.version() == 0 ? ", nodes show a self-signed one" : "";
    return order.failures() == 0
        ? "certificate %s is ordered%s".formatted(order.name(), shown)
        : "certificate %s is not issued%s: %s".formatted(order.name(), shown, failure(order));
  }

  private static String failure(CertificateOrder order) {
    String next = order.underway() ? "trying again now" : "next try " + time(order.nextTry());
    return "%s (%s, %s)".formatted(order.failure(), Text.count(order.failures(), "failure"), next);
  }

  private static String time(@org.jspecify.annotations.Nullable Instant time) {
    return time == null ? "soon" : time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /// The lines of `certificate list`.
  static String whole(CertificateOrder order) {
    StringBuilder text = new StringBuilder();
    text.append(
        "\n%s: ordered from %s by %s, for %s\n"
            .formatted(
                order.name(),
                order.directory(),
                order.challenge(),
                String.join(", ", order.names())));
    if (order.version() == 0) {
      text.append("  not issued yet: nodes show a self-signed one\n");
    }
    if (order.renewal() != null) {
      text.append("  renewed at %s\n".formatted(time(order.renewal())));
    }
    if (order.failures() > 0) {
      text.append("  failed: %s\n".formatted(failure(order)));
    } else if (order.underway()) {
      text.append("  an order is on its way\n");
    }
    return text.toString();
  }
}
