package io.portcullis.perf.load;

import io.portcullis.farm.verify.NtlmClient;
import io.portcullis.farm.verify.SignIn;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A client that signs in (MS-OCAUTHWS, MS-NLMP §1.3.1): discovery, the 401 that says where tickets are, NTLM's three
/// messages on one connection, a ticket, the user's links with it, and a service on the connection that is the user's now.
final class NtlmSignIn implements UserModel.Journey {

  private static final Pattern TICKET = Pattern.compile("opaque=([^<\"\\s]+)");
  private static final String TICKETS = "/WebTicket/WebTicketService.svc";
  private static final String LINKS =
      "/Autodiscover/AutodiscoverService.svc/root/user?originalDomain=contoso.com";

  private final Site site;
  private final SignIn who;
  private int step;

  NtlmSignIn(Site site, SignIn who) {
    this.site = site;
    this.who = who;
  }

  @Override
  public @Nullable Request next(@Nullable Answer last) {
    return switch (step++) {
      case 0 -> Request.get("discover", site.discover(), "/?sipuri=user@contoso.com");
      case 1 ->
          Request.get(
              "autodiscover-root", site.web(), "/autodiscover/autodiscoverservice.svc/root");
      case 2 -> Request.get("autodiscover-challenge", site.web(), LINKS).expecting(401);
      case 3 ->
          Request.post("ntlm-negotiate", site.web(), TICKETS, 0)
              .with("Authorization", NtlmClient.negotiate())
              .expecting(401)
              .keepingAnswer();
      case 4 -> authenticate(last);
      case 5 ->
          Request.get("autodiscover-user", site.web(), LINKS)
              .with("X-MS-WebTicket", "opaque=" + ticket(last));
      case 6 -> Request.get("service", site.web(), "/GroupExpansion/service.svc");
      default -> null;
    };
  }

  /// Without a challenge there is no answer to one: the request goes without, and is counted as refused.
  private Request authenticate(@Nullable Answer last) {
    String proof =
        last == null
            ? null
            : NtlmClient.authenticate(last.values("WWW-Authenticate"), who, Instant.now());
    Request request =
        Request.post("ntlm-authenticate", site.web(), TICKETS, LyncModel.SOAP_BYTES)
            .keepingAnswer();
    return proof == null ? request : request.with("Authorization", proof);
  }

  private static String ticket(@Nullable Answer answer) {
    Matcher matcher = TICKET.matcher(answer == null ? "" : answer.body());
    return matcher.find() ? matcher.group(1) : "";
  }
}
