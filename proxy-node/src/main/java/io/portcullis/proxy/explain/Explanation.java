package io.portcullis.proxy.explain;

import java.util.List;

/// What becomes of a request, and why; the components are also the keys of its JSON.
///
/// @param listener that takes it, empty if none does
/// @param note something to know about the listener, mostly empty
/// @param rule that decides, empty if no rule was asked
/// @param outcome of the rule, or why there is none
/// @param others the other rules of the listener, and why they do not decide
/// @param choice how the pool's member is chosen, empty if nothing is forwarded
/// @param members in the order in which they would be tried, then those that would not
/// @param served the client gets what it wants as far as this node knows
public record Explanation(
    String source,
    String url,
    String listener,
    String note,
    String rule,
    String outcome,
    List<Other> others,
    String choice,
    List<Place> members,
    boolean served) {

  /// A rule that does not decide.
  public record Other(String rule, String why) {}

  /// @param place 1 is asked first; 0 is not asked
  public record Place(int place, String member, String address, String state) {}

  public Explanation {
    others = List.copyOf(others);
    members = List.copyOf(members);
  }

  /// For people.
  public String text() {
    StringBuilder text = new StringBuilder();
    line(text, "source", source);
    line(text, "url", url);
    line(text, "listener", listener.isEmpty() ? "none" : listener);
    line(text, "", note);
    line(text, "rule", rule.isEmpty() ? "none" : rule);
    line(text, "outcome", outcome);
    for (Other other : others) {
      line(text, "", "not " + other.rule() + ": " + other.why());
    }
    line(text, "choice", choice);
    String key = "member";
    for (Place one : members) {
      String place = one.place() == 0 ? "-. " : one.place() + ". ";
      line(text, key, place + one.member() + "  " + one.address() + "  " + one.state());
      key = "";
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String key, String value) {
    if (!value.isEmpty()) {
      text.append(String.format("%-9s %s%n", key, value));
    }
  }
}
