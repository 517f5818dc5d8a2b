package io.portcullis.proxy.explain;

import io.portcullis.proxy.balance.Balancer;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.MessageRefused;
import io.portcullis.proxy.message.ParsedRequest;
import io.portcullis.proxy.persistence.SourceKey;
import io.portcullis.proxy.rule.Decision;
import io.portcullis.proxy.rule.Rule;
import io.portcullis.proxy.rule.RuleTable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Answers what would become of a request by asking what decides about real ones: the head parser, the rule tables, the balancer. Nothing
/// is decided here a second time. Why a rule does not decide is found by asking a table that holds this rule alone.
public final class Explainer {

  /// Who owns which source.
  public interface Owners {

    /// Where no table is at hand.
    Owners UNKNOWN = (_, _) -> null;

    /// @return null if nobody does
    @Nullable Member owner(MemberPool pool, InetAddress source);
  }

  private final List<Door> doors;
  private final Balancer balancer;
  private final Owners owners;

  public Explainer(List<Door> doors, Balancer balancer, Owners owners) {
    this.doors = List.copyOf(doors);
    this.balancer = balancer;
    this.owners = owners;
  }

  /// @param source an address literal
  /// @param url `https://name/path?query`
  /// @throws IllegalArgumentException with a sentence, if the question makes no sense
  public Explanation explain(String source, String url) {
    Question question = Question.of(source, url);
    List<Door> same = doors.stream().filter(door -> door.tls() == question.tls()).toList();
    Door door =
        same.stream()
            .filter(one -> one.port() == question.port())
            .findFirst()
            .orElse(same.isEmpty() ? null : same.getFirst());
    if (door == null) {
      String why = "no listener takes " + (question.tls() ? "TLS" : "clear text");
      return new Explanation(source, url, "", "", "", why, List.of(), "", List.of(), false);
    }
    String note =
        door.port() == question.port()
            ? ""
            : "no listener of that kind is on port "
                + question.port()
                + "; asked as if the port were translated on the way";
    try {
      return decide(source, url, question, door, note);
    } catch (MessageRefused e) {
      String why = "refused with " + e.refusal().status() + ": " + e.refusal().why();
      return new Explanation(
          source, url, door.toString(), note, "", why, List.of(), "", List.of(), false);
    }
  }

  private Explanation decide(String source, String url, Question question, Door door, String note)
      throws MessageRefused {
    ParsedRequest head = question.head();
    Decision decision = door.rules().decide(head);
    List<Explanation.Place> members = new ArrayList<>();
    String choice = "";
    boolean served = true;
    switch (decision) {
      case Decision.Forward to -> {
        Member owner = owner(to.pool(), question.source());
        choice =
            owner == null
                ? choice(to.pool(), question.source())
                : "by the farm's table: the source is bound to " + owner.host();
        members.addAll(order(to.pool(), question));
        served = members.stream().anyMatch(one -> one.place() == 1);
      }
      case Decision.Reject _, Decision.TurnAway _ -> served = false;
      case Decision.RedirectToHttps _, Decision.Respond _, Decision.Prove _ -> {}
    }
    return new Explanation(
        source,
        url,
        door.toString(),
        note,
        decision.rule(),
        words(decision),
        others(door.rules(), decision, head),
        choice,
        members,
        served);
  }

  /// In words, what a rule does.
  public static String words(Decision outcome) {
    return switch (outcome) {
      case Decision.Forward to -> "pool " + to.pool().name();
      case Decision.RedirectToHttps(_, int port) -> "redirect to https, port " + port;
      case Decision.Respond(_, int status) -> "answer " + status;
      case Decision.Reject(_, int status, String why) -> "refuse with " + status + ": " + why;
      case Decision.TurnAway(_, Failure why) -> "turn away with " + why.status();
      case Decision.Prove _ -> "answer an ACME authority";
    };
  }

  private static List<Explanation.Other> others(
      RuleTable table, Decision decided, ParsedRequest head) {
    List<Explanation.Other> others = new ArrayList<>();
    for (Rule rule : table.rules()) {
      if (rule.name().equals(decided.rule())) {
        continue;
      }
      String why =
          switch (RuleTable.of(List.of(rule)).decide(head)) {
            case Decision.Reject(_, _, String reason) -> reason.replace("no rule", "it never");
            default ->
                decided instanceof Decision.Reject
                    ? "a path is denied, or a more specific name does not publish it"
                    : "it matches, but a more specific name or a longer path decides";
          };
      others.add(new Explanation.Other(rule.name(), why));
    }
    return others;
  }

  /// The member that the source is bound to, as long as it can serve.
  private @Nullable Member owner(MemberPool pool, InetAddress source) {
    Member owner = pool.selection().isBySource() ? owners.owner(pool, source) : null;
    return owner != null && owner.keepsItsSources() && !owner.isSuspect(System.nanoTime())
        ? owner
        : null;
  }

  private static String choice(MemberPool pool, InetAddress source) {
    return switch (pool.selection().balance()) {
      case SOURCE ->
          "by source, %s/%d: the same on every node"
              .formatted(
                  source.getHostAddress(),
                  source.getAddress().length == 4
                      ? pool.persistence().ipv4Prefix()
                      : pool.persistence().ipv6Prefix());
      case LEAST_REQUESTS -> "by fewest running requests, as of now";
      case POWER_OF_TWO -> "by the less busy of two drawn members; one draw is shown";
      case ROUND_ROBIN -> "by turns; one turn is shown";
    };
  }

  /// The balancer is asked again and again, each time without those it gave before, as it would be after failures to connect.
  private List<Explanation.Place> order(MemberPool pool, Question question) {
    long now = System.nanoTime();
    long key =
        pool.selection().isBySource()
            ? SourceKey.of(
                question.source(), pool.persistence().ipv4Prefix(), pool.persistence().ipv6Prefix())
            : 0;
    List<Explanation.Place> order = new ArrayList<>();
    Set<Member> seen = new HashSet<>();
    Member owner = owner(pool, question.source());
    if (owner != null) {
      seen.add(owner);
      order.add(place(1, owner, question.tls(), now));
    }
    for (Member next = balancer.pick(pool, key, Set.copyOf(seen), now);
        next != null && seen.add(next);
        next = balancer.pick(pool, key, Set.copyOf(seen), now)) {
      order.add(place(order.size() + 1, next, question.tls(), now));
    }
    for (Member member : pool.members()) {
      if (!seen.contains(member)) {
        order.add(place(0, member, question.tls(), now));
      }
    }
    return order;
  }

  private static Explanation.Place place(int place, Member member, boolean tls, long now) {
    InetSocketAddress address = member.socketAddress(tls);
    String where =
        address == null || address.getAddress().isAnyLocalAddress()
            ? "(resolved by the node)"
            : address.getAddress().getHostAddress();
    return new Explanation.Place(
        place, member.host(), where + ":" + member.port(tls), state(member, now));
  }

  private static String state(Member member, long now) {
    if (member.health() == Member.Health.DOWN) {
      return "down: " + member.reason();
    }
    if (member.socketAddress(true) == null) {
      return "its name does not resolve";
    }
    if (member.isDraining()) {
      return "draining";
    }
    return member.isSuspect(now) ? "up, but a connection failed a moment ago" : "up";
  }
}
