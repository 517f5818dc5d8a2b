package io.portcullis.proxy.explain;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.portcullis.proxy.message.MessageRefused;
import io.portcullis.proxy.message.ParsedRequest;
import java.net.InetAddress;
import java.util.Locale;

/// "What becomes of a request for this URL from this address?"
///
/// @param source an address literal
/// @param authority host, perhaps with a port
/// @param target path and query, as they would be sent
record Question(InetAddress source, boolean tls, String authority, String target) {

  static Question of(String source, String url) {
    int scheme = url.indexOf("://");
    String name = scheme < 0 ? "" : url.substring(0, scheme).toLowerCase(Locale.ROOT);
    if (!name.equals("https") && !name.equals("http")) {
      throw new IllegalArgumentException(
          "\"" + url + "\" is not a URL to explain; write https://name/path or http://name/path");
    }
    String rest = url.substring(scheme + 3);
    int end = 0;
    while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
      end++;
    }
    String target = rest.substring(end);
    int fragment = target.indexOf('#');
    target = fragment < 0 ? target : target.substring(0, fragment);
    return new Question(
        address(source),
        name.equals("https"),
        rest.substring(0, end),
        target.startsWith("/") ? target : "/" + target);
  }

  private static InetAddress address(String source) {
    try {
      return InetAddress.ofLiteral(source);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "\"" + source + "\" is not an address; write it as 192.0.2.7 or 2001:db8::7", e);
    }
  }

  /// The port that the URL means.
  int port() {
    int colon = authority.lastIndexOf(':');
    if (colon > authority.lastIndexOf(']') && colon + 1 < authority.length()) {
      try {
        return Integer.parseInt(authority.substring(colon + 1));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("\"" + authority + "\" has no port that is a number", e);
      }
    }
    return tls ? 443 : 80;
  }

  /// The head as a client would send it, read by the parser that reads clients' heads.
  ParsedRequest head() throws MessageRefused {
    byte[] bytes =
        ("GET " + target + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n").getBytes(UTF_8);
    ParsedRequest head = new ParsedRequest();
    head.parse(bytes, bytes.length);
    return head;
  }
}
