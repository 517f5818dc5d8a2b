package io.portcullis.perf.staging;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The ways in which a Front End asks who somebody is.
final class Challenges {
  private Challenges() {}

  /// Asks for NTLM or Negotiate (their NTLM tokens) until the connection belongs to somebody; null when it does.
  static @Nullable Answer windows(Exchange exchange) throws IOException {
    if (exchange.user() != null || exchange.has(Fault.AUTHENTICATION_OFF)) {
      return null;
    }
    String authorization = exchange.request().header("Authorization");
    NtlmSession session = exchange.ntlm();
    return switch (session.judge(authorization)) {
      case NtlmSession.Verdict.User(String name) -> {
        exchange.server().lastUser(name);
        boolean forgotten = authorization == null && exchange.has(Fault.NTLM_FORGOTTEN);
        yield forgotten ? refused(exchange) : null;
      }
      case NtlmSession.Verdict.Challenge(String scheme, String token) ->
          exchange.has(Fault.NTLM_BROKEN)
              ? refused(exchange)
              : unauthorized(exchange).with("WWW-Authenticate", scheme + " " + token);
      case NtlmSession.Verdict.Denied() -> denied(exchange);
    };
  }

  private static @Nullable Answer denied(Exchange exchange) throws IOException {
    boolean leaked = exchange.server().lastUser() != null;
    return leaked ? null : refused(exchange);
  }

  private static Answer refused(Exchange exchange) throws IOException {
    return unauthorized(exchange)
        .with("WWW-Authenticate", "Negotiate")
        .with("WWW-Authenticate", "NTLM");
  }

  /// No ticket: where to get one (MS-OCAUTHWS).
  static Answer webTicket(Exchange exchange) throws IOException {
    Answer answer =
        unauthorized(exchange).with("X-Ms-diagnostics", "28020;reason=\"No web ticket\"");
    return exchange.has(Fault.TICKET_URL_MISSING)
        ? answer
        : answer.with("X-MS-WebTicketURL", base(exchange) + "/WebTicket/WebTicketService.svc");
  }

  /// No token: two lines, which clients read one by one (UCWA, "Authentication in UCWA").
  static Answer oauth(Exchange exchange) throws IOException {
    String rtc =
        "MsRtcOAuth href=\"%s/WebTicket/oauthtoken\",grant_type=\"urn:microsoft.rtc:windows,urn:microsoft.rtc:anonmeeting,password\""
            .formatted(base(exchange));
    String bearer =
        "Bearer trusted_issuers=\"\", client_id=\"00000004-0000-0ff1-ce00-000000000000\"";
    Answer answer = unauthorized(exchange);
    return exchange.has(Fault.CHALLENGES_MERGED)
        ? answer.with("WWW-Authenticate", rtc + ", " + bearer)
        : answer.with("WWW-Authenticate", rtc).with("WWW-Authenticate", bearer);
  }

  private static String base(Exchange exchange) {
    return "https://" + exchange.server().siteName(exchange.external());
  }

  /// Answers at once; a client that waits for permission to send its body does not get it.
  private static Answer unauthorized(Exchange exchange) throws IOException {
    boolean waiting = exchange.body().awaitsContinue();
    if (!waiting) {
      exchange.body().drain();
    }
    Answer answer = Answer.text(401, "You do not have permission to view this directory.\n");
    return waiting ? answer.closing() : answer;
  }
}
