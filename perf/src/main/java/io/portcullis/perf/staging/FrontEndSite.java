package io.portcullis.perf.staging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The virtual directories of a Front End or Director, external and internal web site (Get-CsService; Lync Server 2013,
/// "IIS requirements for Front End pools and Standard Edition servers").
final class FrontEndSite {

  /// A file of the address book, a firmware, a presentation: big enough that ranges make sense.
  private static final long FILE_BYTES = 5L << 20;

  /// Lync Server 2013, deployment checklist for web conferencing: maxAllowedContentLength of /DataCollabWeb/Ext/Handler.
  private static final long MAX_UPLOAD_BYTES = 524_288_000;

  private static final int MAX_FORM_BYTES = 64 * 1024;

  /// Ask for Windows credentials or a web ticket.
  private static final List<String> WINDOWS =
      List.of(
          "/abs",
          "/groupexpansion",
          "/webticket/webticketservice.svc",
          "/certprov",
          "/rgsclients",
          "/rgsconfig",
          "/requesthandlerext/ucdevice.upx",
          "/locationinformation");

  /// Files that anybody may fetch who knows the name, with ranges.
  private static final List<String> FILES =
      List.of(
          "/collabcontent",
          "/etc/place/null",
          "/conf/ext",
          "/autoupdate/ext",
          "/deviceupdatefiles_ext",
          "/requesthandlerext/files",
          "/datacollabweb/wopi/files");

  private static final Map<String, String> PAGES =
      Map.of(
          "/meet", "Join the meeting",
          "/dialin", "Dial-in conferencing settings",
          "/lwa", "Lync Web App",
          "/scheduler", "Web scheduler",
          "/reach", "Reach",
          "/persistentchat/rm", "Chat room management",
          "/phoneconferencing/ext", "Phone conferencing",
          "/passiveauth", "Sign in",
          "/autodiscover/xframe/xframe.html", "XFrame");

  private static final List<String> INTERNAL_ONLY = List.of("/cscp", "/ocspowershell", "/admin");

  private FrontEndSite() {}

  /// Null for what no directory answers.
  static @Nullable Answer answer(Exchange exchange) throws IOException, InterruptedException {
    String path = exchange.request().path();
    if (under(path, INTERNAL_ONLY)) {
      Answer challenge = exchange.external() ? null : Challenges.windows(exchange);
      return challenge == null
          ? Answer.text(exchange.external() ? 404 : 200, "control panel\n")
          : challenge;
    }
    if (Discovery.concerns(exchange)) {
      return Discovery.answer(exchange);
    }
    boolean frontEnd = exchange.server().role() == ServerRole.FRONT_END;
    if (path.startsWith(Ucwa.PREFIX + "/")) {
      return frontEnd ? exchange.server().ucwa().answer(exchange) : absent(exchange);
    }
    if (under(path, Mcx.PREFIX)) {
      return mcx(exchange, path);
    }
    if (under(path, "/webticket") && exchange.has(Fault.WEB_TICKETS_REFUSING)) {
      exchange.body().drain();
      return Answer.text(503, "the application pool is stopped\n");
    }
    if (under(path, "/webticket/oauthtoken")) {
      return token(exchange);
    }
    if (under(path, WINDOWS)) {
      Answer challenge = Challenges.windows(exchange);
      return challenge == null ? service(exchange, path) : challenge;
    }
    if (under(path, "/datacollabweb/ext/handler")) {
      return upload(exchange);
    }
    if (under(path, "/hybridconfig") && exchange.user() == null) {
      return Challenges.webTicket(exchange);
    }
    return under(path, FILES) ? file(exchange) : page(exchange, path);
  }

  private static Answer mcx(Exchange exchange, String path)
      throws IOException, InterruptedException {
    Server server = exchange.server();
    boolean installed =
        server.role() == ServerRole.FRONT_END
            && server.behaviour().hasMcx()
            && !exchange.has(Fault.MCX_MISSING);
    return installed ? server.mcx().answer(exchange, path) : absent(exchange);
  }

  private static Answer absent(Exchange exchange) throws IOException {
    exchange.body().drain();
    return Answer.text(404, "no such directory on this server\n");
  }

  /// Behind NTLM: SOAP services, the address book, device updates.
  static Answer service(Exchange exchange, String path) throws IOException {
    String who = who(exchange);
    if (path.startsWith("/abs/handler/")) {
      return file(exchange).with("X-Staging-User", who);
    }
    exchange.body().drain();
    String body =
        path.startsWith("/webticket") && exchange.request().method().equals("POST")
            ? """
            <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>\
            <RequestSecurityTokenResponse><X-MS-WebTicket>opaque=%s</X-MS-WebTicket>\
            </RequestSecurityTokenResponse></s:Body></s:Envelope>
            """
                .formatted(exchange.server().tickets().issue(who))
            : "<service path=\"%s\" user=\"%s\"/>\n".formatted(xml(path), xml(who));
    return Answer.bytes(200, "text/xml; charset=utf-8", body.getBytes(StandardCharsets.UTF_8))
        .with("X-Staging-User", who);
  }

  /// Of the ticket, else of the connection.
  private static String who(Exchange exchange) {
    String ticket = exchange.user();
    if (ticket != null) {
      return ticket;
    }
    return exchange.ntlm().judge(null) instanceof NtlmSession.Verdict.User(String name)
        ? name
        : "anybody";
  }

  /// OAuth by password, by the connection's user, or as a guest of a meeting, each a user of their own (UCWA, "Authentication in UCWA").
  private static Answer token(Exchange exchange) throws IOException {
    String authorization = exchange.request().header("Authorization");
    String form = exchange.body().text(MAX_FORM_BYTES);
    Map<String, String> fields = Forms.fields(form);
    String grant = fields.getOrDefault("grant_type", "");
    String user = Behaviour.bare(fields.getOrDefault("username", ""));
    if (grant.equals("urn:microsoft.rtc:windows") || NtlmSession.concerns(authorization)) {
      Answer challenge = Challenges.windows(exchange);
      if (challenge != null) {
        return challenge;
      }
      user = who(exchange);
    } else if (grant.equals("password")) {
      String password = exchange.server().behaviour().users().get(user);
      if (password == null || !password.equals(fields.get("password"))) {
        return Answer.json("{\"error\":\"invalid_grant\"}\n").withStatus(400);
      }
    } else {
      user = "guest-" + UUID.randomUUID();
    }
    return Answer.json(
        "{\"access_token\":\"cwt=%s\",\"expires_in\":28800,\"token_type\":\"Bearer\"}\n"
            .formatted(exchange.server().tickets().issue(user)));
  }

  private static Answer upload(Exchange exchange) throws IOException {
    String length = exchange.request().header("Content-Length");
    if (length != null && length.length() < 18 && Long.parseLong(length) > MAX_UPLOAD_BYTES) {
      return Answer.text(413, "at most " + MAX_UPLOAD_BYTES + " bytes\n").closing();
    }
    return Answers.sink(exchange.body());
  }

  private static Answer file(Exchange exchange) throws IOException {
    Answer answer = Answers.content(exchange, FILE_BYTES);
    return answer.with("ETag", "\"portcullis-5m\"");
  }

  private static @Nullable Answer page(Exchange exchange, String path) throws IOException {
    if (exchange.wants("application/json")) {
      return null;
    }
    String host = exchange.host();
    String title =
        host.startsWith("meet.")
            ? PAGES.get("/meet")
            : host.startsWith("dialin.") ? PAGES.get("/dialin") : null;
    for (Map.Entry<String, String> page : PAGES.entrySet()) {
      title = under(path, page.getKey()) ? page.getValue() : title;
    }
    if (title == null) {
      return null;
    }
    exchange.body().drain();
    String home = organizersHome(exchange, path);
    if (home != null) {
      return Answer.text(302, "the organizer's pool\n")
          .with("Location", "https://" + home + exchange.request().target());
    }
    return Answer.bytes(
        200,
        "text/html; charset=utf-8",
        "<!DOCTYPE html><title>%s</title><p>%s answers as %s\n"
            .formatted(title, exchange.server().name(), xml(host))
            .getBytes(StandardCharsets.UTF_8));
  }

  /// A meeting is joined on the pool of who organizes it: `/meet/USER/ID`, or `/USER/ID` on a host of its own.
  private static @Nullable String organizersHome(Exchange exchange, String path) {
    for (String segment : path.toLowerCase(Locale.ROOT).split("/")) {
      String home = segment.isEmpty() ? null : Discovery.home(exchange, segment);
      if (home != null) {
        return home;
      }
    }
    return null;
  }

  private static boolean under(String path, List<String> prefixes) {
    return prefixes.stream().anyMatch(prefix -> under(path, prefix));
  }

  private static boolean under(String path, String prefix) {
    return path.equals(prefix) || path.startsWith(prefix + "/");
  }

  private static String xml(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
