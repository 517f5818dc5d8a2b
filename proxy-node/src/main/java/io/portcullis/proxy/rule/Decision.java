package io.portcullis.proxy.rule;

import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.Forwarding;
import io.portcullis.proxy.message.Upgrades;

/// What becomes of a request; the complete list.
public sealed interface Decision {

  /// Name of the rule that decided, `default-deny` when none matched.
  String rule();

  /// @param dropAuthorization the Authorization header must not reach the member
  /// @param upgrades the protocols to which a client may switch
  /// @param forwarding what the member is told of the client
  record Forward(
      String rule,
      MemberPool pool,
      boolean dropAuthorization,
      Upgrades upgrades,
      Forwarding forwarding)
      implements Decision {

    public Forward(String rule, MemberPool pool, boolean dropAuthorization, Upgrades upgrades) {
      this(rule, pool, dropAuthorization, upgrades, Forwarding.OFF);
    }

    public Forward(String rule, MemberPool pool, boolean dropAuthorization) {
      this(rule, pool, dropAuthorization, Upgrades.NONE);
    }
  }

  /// The proxy answers by itself.
  sealed interface Local extends Decision {}

  /// 301 to the same host, path and query over HTTPS; `port` is omitted from the Location when it is 443.
  record RedirectToHttps(String rule, int port) implements Local {}

  record Respond(String rule, int status) implements Local {}

  /// Refused: `status` tells the client (404 for unknown names and denied paths, 400 for no host).
  record Reject(String rule, int status, String why) implements Local {}

  /// An ACME authority finds what it looks for: no rule of the document decides this.
  record Prove(String rule, String content) implements Local {}

  /// The rule would, but not for this client, or not now.
  record TurnAway(String rule, Failure why) implements Local {}
}
