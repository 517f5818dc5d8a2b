package io.portcullis.farm.identity;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// What a farm certificate lets its holder be: the OU of its subject.
public enum Role {
  /// One year for now: the coordinator re-issues its own at any start that finds less than half of it left.
  COORDINATOR(Duration.ofDays(365)),
  /// Short, because a stolen node key is good for this long until revocation exists.
  NODE(Duration.ofDays(30)),
  /// A person who looks; long enough not to be a monthly chore.
  VIEWER(Duration.ofDays(365)),
  /// A person who changes what the farm publishes and how it runs.
  OPERATOR(Duration.ofDays(365)),
  /// A person who decides who and what belongs to the farm.
  ADMINISTRATOR(Duration.ofDays(365));

  private final Duration validity;

  Role(Duration validity) {
    this.validity = validity;
  }

  public Duration validity() {
    return validity;
  }

  /// A person's identity is for the admin API only: without farm key, and unknown to ZooKeeper.
  public boolean isPerson() {
    return switch (this) {
      case COORDINATOR, NODE -> false;
      case VIEWER, OPERATOR, ADMINISTRATOR -> true;
    };
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<Role> of(String word) {
    for (Role role : values()) {
      if (role.word().equals(word)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }
}
