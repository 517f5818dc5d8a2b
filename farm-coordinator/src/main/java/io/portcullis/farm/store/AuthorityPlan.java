package io.portcullis.farm.store;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which CA is the farm's, and which comes next: what the farm has agreed on. Certificates, never keys.
///
/// | stage | signs | trusted | goes on when |
/// |---|---|---|---|
/// | SETTLED | current | current | somebody asks for another CA |
/// | ANNOUNCED | current | current, next | all that are alive trust next |
/// | RENEWING | next | next, current | everybody who has an identity has one of next, or an operator does not wait for the rest |
///
/// @param generation one more with each stage; 0 = nothing was agreed on yet
/// @param current PEM
/// @param next PEM; null unless the farm goes over to another
/// @param since ISO-8601, of the stage
/// @param ready coordinators that have followed so far
/// @param renewed `role/id` of nodes and people that have an identity of next
public record AuthorityPlan(
    long generation,
    String current,
    @Nullable String next,
    Stage stage,
    String since,
    Set<String> ready,
    Set<String> renewed) {
  public static final AuthorityPlan NONE =
      new AuthorityPlan(0, "", null, Stage.SETTLED, "", Set.of(), Set.of());

  public enum Stage {
    SETTLED,
    ANNOUNCED,
    RENEWING
  }

  public AuthorityPlan {
    ready = Set.copyOf(ready);
    renewed = Set.copyOf(renewed);
  }

  /// @param next null if the farm is on its way nowhere
  static AuthorityPlan first(String current, @Nullable String next, boolean issues, String now) {
    Stage stage = next == null ? Stage.SETTLED : issues ? Stage.RENEWING : Stage.ANNOUNCED;
    return new AuthorityPlan(1, current, next, stage, now, Set.of(), Set.of());
  }

  /// The CA that signs at this stage.
  public String issuing() {
    return stage == Stage.RENEWING && next != null ? next : current;
  }

  /// Whom everybody trusts at this stage, the one that signs first.
  public String trusted() {
    if (next == null) {
      return current;
    }
    return stage == Stage.RENEWING ? next + current : current + next;
  }

  AuthorityPlan announcing(String authority, String now) {
    return new AuthorityPlan(
        generation + 1, current, authority, Stage.ANNOUNCED, now, Set.of(), Set.of());
  }

  AuthorityPlan advanced(String now) {
    return switch (stage) {
      case SETTLED -> this;
      case ANNOUNCED ->
          new AuthorityPlan(generation + 1, current, next, Stage.RENEWING, now, Set.of(), Set.of());
      case RENEWING ->
          new AuthorityPlan(
              generation + 1, issuing(), null, Stage.SETTLED, now, Set.of(), Set.of());
    };
  }

  AuthorityPlan with(String coordinator) {
    return new AuthorityPlan(
        generation, current, next, stage, since, more(ready, coordinator), renewed);
  }

  AuthorityPlan withRenewed(String identity) {
    return new AuthorityPlan(
        generation, current, next, stage, since, ready, more(renewed, identity));
  }

  private static Set<String> more(Set<String> known, String one) {
    Set<String> more = new TreeSet<>(known);
    more.add(one);
    return more;
  }
}
