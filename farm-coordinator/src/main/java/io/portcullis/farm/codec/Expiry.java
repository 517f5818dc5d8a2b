package io.portcullis.farm.codec;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// When a chain is of no more use: the first end of its certificates, the root's aside, which clients have themselves.
///
/// @param intermediate subject of the one that ends first; null if that is the server's own
public record Expiry(Instant end, @Nullable String intermediate) {
  /// A month to order a new one at leisure, a week as the last moment for an authority that checks by hand; 0 = it has ended.
  public static final List<Integer> DAYS = List.of(0, 1, 7, 14, 30);

  /// @param chain leaf first, not empty
  public static Expiry of(List<X509Certificate> chain) {
    X509Certificate first = chain.getFirst();
    for (X509Certificate above : chain.subList(1, chain.size())) {
      boolean root = above.getIssuerX500Principal().equals(above.getSubjectX500Principal());
      if (!root && end(above).isBefore(end(first))) {
        first = above;
      }
    }
    return new Expiry(
        end(first),
        first.equals(chain.getFirst()) ? null : first.getSubjectX500Principal().getName());
  }

  private static Instant end(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant();
  }

  /// The smallest of [#DAYS] that the rest of its life lies within.
  public Optional<Integer> level(Instant now) {
    Duration left = Duration.between(now, end);
    return DAYS.stream().filter(days -> left.compareTo(Duration.ofDays(days)) <= 0).findFirst();
  }

  /// In words, for a log.
  ///
  /// @param name of the certificate
  /// @param level as [#level] said
  public String words(String name, int level) {
    String which =
        intermediate == null
            ? "certificate " + name
            : "certificate %s (its intermediate %s)".formatted(name, intermediate);
    return level == 0
        ? "%s ended on %s: clients refuse it; import a new one and apply".formatted(which, end)
        : "%s ends on %s, within %d days: import a new one and apply".formatted(which, end, level);
  }
}
