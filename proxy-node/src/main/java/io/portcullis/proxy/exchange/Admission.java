package io.portcullis.proxy.exchange;

import io.portcullis.proxy.limit.Access;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.ParsedRequest;
import io.portcullis.proxy.rule.Decision;
import io.portcullis.proxy.snapshot.ListenerSnapshot;

/// May this client use the rule that was found, and now?
final class Admission {

  private Admission() {}

  /// What becomes of a request: an authority's look for a proof is answered before any rule is asked.
  static Decision decide(Session session, ListenerSnapshot listener, ParsedRequest request) {
    Decision proof = Proving.of(session, request);
    return proof != null ? proof : of(session, listener, listener.rules().decide(request));
  }

  /// @return `decision`, unless the client is turned away
  private static Decision of(Session session, ListenerSnapshot listener, Decision decision) {
    Access access = listener.access();
    if (access.isOpen()) {
      return decision;
    }
    return switch (access.request(session.address(), decision.rule())) {
      case ADMITTED -> decision;
      case DENIED -> turnAway(session, decision, Failure.SOURCE_DENIED);
      case LIMITED -> turnAway(session, decision, Failure.REQUEST_LIMIT);
    };
  }

  private static Decision turnAway(Session session, Decision decision, Failure why) {
    session.counters().failed(why);
    return new Decision.TurnAway(decision.rule(), why);
  }
}
