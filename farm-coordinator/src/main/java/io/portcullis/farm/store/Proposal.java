package io.portcullis.farm.store;

/// What would become revision `number`, put before the nodes.
///
/// @param id of this attempt; a vote names it
/// @param author who wants it
/// @param expanded what the nodes would run
/// @param canary the node that serves it alone, for a trial; empty while nobody does
/// @param looks how often the canary was asked for fresh figures
/// @param trialMillis how long the trial may last; a canary that hears nothing goes back by itself after twice that
public record Proposal(
    String id,
    long number,
    String author,
    String expanded,
    String canary,
    long trialMillis,
    int looks) {
  /// Nothing is proposed.
  public static final Proposal NONE = new Proposal("", 0, "", "", "", 0, 0);

  public static Proposal of(String id, long number, String author, String expanded) {
    return new Proposal(id, number, author, expanded, "", 0, 0);
  }

  public boolean isNone() {
    return number == 0;
  }

  public Proposal onTrial(String node, long millis) {
    return new Proposal(id, number, author, expanded, node, millis, 0);
  }

  public Proposal lookedAt() {
    return new Proposal(id, number, author, expanded, canary, trialMillis, looks + 1);
  }
}
