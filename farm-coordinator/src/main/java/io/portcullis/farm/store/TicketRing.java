package io.portcullis.farm.store;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The farm's session-ticket keys at one moment. Changing them gives the next ring.
///
/// A key's life: announced (nodes open tickets with it, none seals) → sealing → retired (opens what it sealed) → gone. No node seals with a
/// key before all have it, so a client that moves between nodes never meets one that cannot open its ticket.
///
/// @param generation grows with each change
/// @param keys newest first
public record TicketRing(long generation, List<Key> keys) {
  public static final TicketRing NONE = new TicketRing(0, List.of());

  /// What a node gives to its TLS library: name, HMAC key and AES key (RFC 5077 §4).
  public static final int KEY_BYTES = 48;

  /// One announced, one sealing, and two retired: what rotations in a row by hand may leave behind.
  static final int MOST_RETIRED = 2;

  private static final SecureRandom RANDOM = new SecureRandom();

  public TicketRing {
    keys = List.copyOf(keys);
  }

  public enum State {
    ANNOUNCED,
    SEALING,
    RETIRED
  }

  /// @param since when it came into this state
  @SuppressWarnings("ArrayRecordComponent") // Never compared; a copy each way.
  public record Key(long number, State state, Instant since, byte[] secret) {
    public Key {
      secret = secret.clone();
    }

    @Override
    public byte[] secret() {
      return secret.clone();
    }

    private Key in(State next, Instant now) {
      return new Key(number, next, now, secret);
    }

    @Override
    public String toString() {
      return "Key[" + number + " " + state + " since " + since + "]";
    }
  }

  /// The first ring of a farm: there is nothing that a node could fail to open.
  public static TicketRing first(Instant now) {
    return new TicketRing(1, List.of(fresh(1, State.SEALING, now)));
  }

  private static Key fresh(long number, State state, Instant now) {
    byte[] secret = new byte[KEY_BYTES];
    RANDOM.nextBytes(secret);
    return new Key(number, state, now, secret);
  }

  public Optional<Key> announced() {
    return in(State.ANNOUNCED);
  }

  public Optional<Key> sealing() {
    return in(State.SEALING);
  }

  private Optional<Key> in(State state) {
    return keys.stream().filter(key -> key.state() == state).findFirst();
  }

  /// With a new key that opens, if none is on its way already.
  public TicketRing announcing(Instant now) {
    if (announced().isPresent()) {
      return this;
    }
    if (keys.isEmpty()) {
      return first(now);
    }
    long number = keys.stream().mapToLong(Key::number).max().orElse(0) + 1;
    List<Key> more = new ArrayList<>(keys);
    more.add(fresh(number, State.ANNOUNCED, now));
    return next(more);
  }

  /// The announced key seals from now on.
  public TicketRing promoting(Instant now) {
    if (announced().isEmpty()) {
      return this;
    }
    List<Key> moved = new ArrayList<>();
    for (Key key : keys) {
      moved.add(
          switch (key.state()) {
            case ANNOUNCED -> key.in(State.SEALING, now);
            case SEALING -> key.in(State.RETIRED, now);
            case RETIRED -> key;
          });
    }
    return next(moved).withoutSurplus();
  }

  private TicketRing withoutSurplus() {
    List<Key> left = new ArrayList<>();
    int retired = 0;
    for (Key key : keys) {
      if (key.state() != State.RETIRED || ++retired <= MOST_RETIRED) {
        left.add(key);
      }
    }
    return new TicketRing(generation, left);
  }

  /// Without the keys that were retired so long ago that no ticket of theirs is of use.
  public TicketRing forgetting(Instant now, Duration lifetime) {
    List<Key> left =
        keys.stream()
            .filter(key -> key.state() != State.RETIRED || !isOver(key.since(), lifetime, now))
            .toList();
    return left.size() == keys.size() ? this : next(left);
  }

  /// Whether `span` has passed since. A time that lies further ahead than that was written by a clock that was wrong, and counts as over:
  /// nothing may wait for years until the right clock gets there.
  public static boolean isOver(Instant since, Duration span, Instant now) {
    return !now.isBefore(since.plus(span)) || since.isAfter(now.plus(span));
  }

  private TicketRing next(List<Key> changed) {
    return new TicketRing(
        generation + 1,
        changed.stream().sorted(Comparator.comparingLong(Key::number).reversed()).toList());
  }

  /// The secrets as a node uses them: the first seals, all open.
  public List<byte[]> secrets() {
    return keys.stream()
        .sorted(Comparator.comparing(key -> key.state() != State.SEALING))
        .map(Key::secret)
        .toList();
  }
}
