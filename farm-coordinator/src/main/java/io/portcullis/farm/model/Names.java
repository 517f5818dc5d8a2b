package io.portcullis.farm.model;

import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a name may look like: elements of the document, hosts, public names, addresses, paths.
final class Names {
  /// DNS: 253 characters, labels of 63 (RFC 1035 §2.3.4).
  private static final int LONGEST_HOST = 253;

  /// A path prefix is an application's directory; HTTP.sys itself allows 260 characters a segment.
  private static final int LONGEST_PATH = 1024;

  private static final Pattern ELEMENT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?");
  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(?!$)|$)){4}");

  private Names() {}

  static boolean isElementName(String name) {
    return ELEMENT.matcher(name).matches();
  }

  /// An IPv4 or IPv6 literal, never looked up; null if `text` is none.
  static @Nullable InetAddress literal(String text) {
    if (!IPV4.matcher(text).matches() && (text.indexOf(':') < 0 || text.indexOf('%') >= 0)) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  static boolean isLiteral(String text) {
    return literal(text) != null;
  }

  /// A DNS name; one whose last label is all digits would be taken for a mistyped address.
  static boolean isDnsName(String name) {
    if (name.isEmpty() || name.length() > LONGEST_HOST) {
      return false;
    }
    String[] labels = name.split("\\.", -1);
    for (String label : labels) {
      if (!LABEL.matcher(label).matches()) {
        return false;
      }
    }
    return !labels[labels.length - 1].chars().allMatch(Character::isDigit);
  }

  /// Why `host` cannot be a server's name or address; null if it can.
  static @Nullable String hostHint(String host) {
    if (isLiteral(host) || isDnsName(host)) {
      return null;
    }
    if (host.contains("://")) {
      return "write the host alone, without scheme";
    }
    if (host.matches("[^:]+:[0-9]+")) {
      return "ports belong in bridging: {host: %s, bridging: {https: %s}}"
          .formatted((Object[]) host.split(":"));
    }
    return "write a DNS name of letters, digits, hyphens and dots, or an IP address";
  }

  /// Why `name` cannot be a public name; null if it can.
  static @Nullable String publicNameHint(String name) {
    String rest = name.startsWith("*.") ? name.substring(2) : name;
    if (name.equals("*") || isLiteral(name) || isDnsName(rest) && rest.indexOf('_') < 0) {
      return null;
    }
    if (name.contains("://")) {
      return "write the host alone, without scheme";
    }
    if (name.indexOf('/') >= 0) {
      return "write the host alone; paths go under paths";
    }
    if (name.indexOf(':') >= 0) {
      return "write the host alone; the port is the listener's";
    }
    return name.indexOf('*') >= 0
        ? "a * stands alone or for the first label: *.contoso.com"
        : "write a DNS name of letters, digits, hyphens and dots, *.example.com, or *";
  }

  /// Why `path` cannot be a path prefix; null if it can.
  static @Nullable String pathHint(String path) {
    if (!path.startsWith("/")) {
      return "begin it with /";
    }
    if (path.length() > LONGEST_PATH) {
      return "keep it under " + LONGEST_PATH + " characters";
    }
    if (path.indexOf('*') >= 0) {
      return "write the prefix alone, it covers everything below: /Uwca, or / for all";
    }
    if (path.indexOf('%') >= 0) {
      return "write it decoded, requests are decoded before they are compared";
    }
    if (path.indexOf('?') >= 0 || path.indexOf('#') >= 0) {
      return "queries are not compared, write the path alone";
    }
    if (path.contains("//")
        || path.contains("/./")
        || path.contains("/../")
        || path.endsWith("/..")) {
      return "write it without empty, . and .. segments, requests are resolved before they are compared";
    }
    return path.indexOf('\\') >= 0 || path.chars().anyMatch(c -> c < ' ' || c == 0x7f)
        ? "use / and printable characters only"
        : null;
  }

  static String canonicalName(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /// Lower case, without a slash at the end; `/` is empty.
  static String canonicalPath(String path) {
    String lower = path.toLowerCase(Locale.ROOT);
    return lower.endsWith("/") ? lower.substring(0, lower.length() - 1) : lower;
  }

  /// Whether `path` lies at or under `prefix`, both canonical.
  static boolean covers(String prefix, String path) {
    return path.startsWith(prefix)
        && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
  }
}
