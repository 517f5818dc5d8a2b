package io.portcullis.perf.staging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The discovery service (MS-OCDISCWS; Lync Server 2013, "Understanding Autodiscover"; UCWA, "Root discovery").
///
/// Three notations by `Accept`: UCWA's `_links` for application/json, XML for the `+xml` type, else the JSON of 2010. In
/// clear there is nothing but one link to the same over TLS.
final class Discovery {
  private static final String ROOT = "/autodiscover/autodiscoverservice.svc/root";
  private static final String HREF = "/Autodiscover/AutodiscoverService.svc/root";
  private static final String XML = "application/vnd.microsoft.rtc.autodiscover+xml";

  private Discovery() {}

  private record Link(String token, String href) {}

  static boolean concerns(Exchange exchange) {
    String path = exchange.request().path();
    return path.equals(ROOT)
        || path.startsWith(ROOT + "/")
        || path.equals("/") && exchange.host().startsWith("lyncdiscover");
  }

  static Answer answer(Exchange exchange) throws IOException {
    exchange.body().drain();
    String base = "https://" + exchange.server().siteName(exchange.external());
    if (!exchange.overTls()) {
      return exchange.has(Fault.DISCOVERY_TO_HTTPS)
          ? Answer.text(301, "moved\n").with("Location", "https://" + exchange.host() + "/")
          : document(exchange, List.of(new Link("Redirect", base + HREF)));
    }
    String path = exchange.request().path();
    String below = path.startsWith(ROOT + "/") ? path.substring(ROOT.length()) : "";
    return switch (below) {
      case "/user", "/oauth/user" -> user(exchange, below);
      case "/domain" -> document(exchange, List.of(new Link("External/Autodiscover", base + HREF)));
      default -> root(exchange, base);
    };
  }

  private static Answer root(Exchange exchange, String base) {
    return exchange.wants("application/json")
        ? document(
            exchange,
            List.of(
                new Link("self", base + HREF),
                new Link("user", base + HREF + "/oauth/user"),
                new Link("xframe", base + "/Autodiscover/XFrame/XFrame.html")))
        : document(
            exchange,
            List.of(
                new Link("Domain", base + HREF + "/domain"),
                new Link("User", base + HREF + "/user"),
                new Link("OAuth", base + HREF + "/oauth/user")));
  }

  /// The services of a user's home pool, or where the home pool is.
  private static Answer user(Exchange exchange, String below) throws IOException {
    String user = exchange.user();
    if (user == null) {
      return below.equals("/user") ? Challenges.webTicket(exchange) : Challenges.oauth(exchange);
    }
    String home = home(exchange, user);
    String base = "https://" + (home == null ? exchange.server().siteName(true) : home);
    if (home != null) {
      return document(exchange, List.of(new Link("Redirect", base + HREF + below)));
    }
    List<Link> links = new ArrayList<>();
    links.add(new Link("External/Autodiscover", base + HREF));
    links.add(new Link("AuthBroker", base + "/Reach/sip.svc"));
    links.add(new Link("applications", base + "/ucwa/oauth/v1/applications"));
    links.add(new Link("Ucwa", base + "/ucwa/oauth/v1/applications"));
    if (exchange.server().behaviour().hasMcx()) {
      links.add(new Link("External/Mcx", base + "/Mcx/McxService.svc"));
    }
    return document(exchange, links);
  }

  /// The external name of another pool that is this user's home; null if it is this one.
  static @Nullable String home(Exchange exchange, String user) {
    String home = exchange.server().behaviour().homes().get(Behaviour.bare(user));
    return home == null || home.equals(exchange.server().externalName()) ? null : home;
  }

  private static Answer document(Exchange exchange, List<Link> links) {
    String where = exchange.external() ? "External" : "Internal";
    StringBuilder text = new StringBuilder();
    if (exchange.wants("application/json")) {
      text.append("{\"_links\":{");
      for (Link link : links) {
        String name = link.token().equals("Redirect") ? "redirect" : link.token();
        text.append(text.length() == 11 ? "" : ",");
        text.append("\"%s\":{\"href\":\"%s\"}".formatted(name, link.href()));
      }
      return Answer.json(text.append("}}\n").toString());
    }
    if (exchange.wants(XML)) {
      text.append(
          "<?xml version=\"1.0\" encoding=\"utf-8\"?><AutodiscoverResponse AccessLocation=\"%s\"><Root>"
              .formatted(where));
      links.forEach(link ->
          text.append("<Link token=\"%s\" href=\"%s\"/>".formatted(link.token(), link.href())));
      return Answer.bytes(
          200,
          XML + ";v=1",
          text.append("</Root></AutodiscoverResponse>\n")
              .toString()
              .getBytes(StandardCharsets.UTF_8));
    }
    text.append("{\"AccessLocation\":\"%s\",\"Root\":{\"Links\":[".formatted(where));
    for (int i = 0; i < links.size(); i++) {
      text.append(i == 0 ? "" : ",");
      text.append(
          "{\"href\":\"%s\",\"token\":\"%s\"}"
              .formatted(links.get(i).href(), links.get(i).token()));
    }
    return Answer.json(text.append("]}}\n").toString());
  }
}
