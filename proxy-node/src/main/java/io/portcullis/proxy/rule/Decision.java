package io.portcullis.proxy.rule;

import io.portcullis.proxy.member.MemberPool;

/// What becomes of a request; the complete list.
public sealed interface Decision {

  /// Name of the rule that decided, `default-deny` when none matched.
  String rule();

  /// @param dropAuthorization the Authorization header must not reach the member
  record Forward(String rule, MemberPool pool, boolean dropAuthorization) implements Decision {}

  /// 301 to the same host, path and query over HTTPS; `port` is omitted from the Location when it is 443.
  record RedirectToHttps(String rule, int port) implements Decision {}

  record Respond(String rule, int status) implements Decision {}

  /// Refused: `status` tells the client (404 for unknown names and denied paths, 400 for no host).
  record Reject(String rule, int status, String why) implements Decision {}
}
