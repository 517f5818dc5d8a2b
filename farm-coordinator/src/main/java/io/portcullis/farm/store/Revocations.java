package io.portcullis.farm.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Identities whose certificates are not taken any more: `role/id`, and until when of issue.
///
/// Somebody who joins again under the same name, later, is let in: the certificate is newer.
///
/// @param untilMillis by identity; certificates issued up to then are void
public record Revocations(Map<String, Long> untilMillis) {
  public static final Revocations NONE = new Revocations(Map.of());

  /// As long as the longest-lived certificate; then it has expired by itself.
  private static final Duration REMEMBERED = Duration.ofDays(366);

  public Revocations {
    untilMillis = Map.copyOf(untilMillis);
  }

  public boolean covers(String identity, Instant issued) {
    Long until = untilMillis.get(identity);
    return until != null && issued.toEpochMilli() <= until;
  }

  /// What is left when these identities are spared.
  public Revocations without(Set<String> identities) {
    Map<String, Long> fewer = new TreeMap<>(untilMillis);
    fewer.keySet().removeAll(identities);
    return new Revocations(fewer);
  }

  Revocations with(String identity, Instant now) {
    Map<String, Long> more = new TreeMap<>(untilMillis);
    long old = now.minus(REMEMBERED).toEpochMilli();
    more.values().removeIf(until -> until < old);
    more.put(identity, now.toEpochMilli());
    return new Revocations(more);
  }
}
