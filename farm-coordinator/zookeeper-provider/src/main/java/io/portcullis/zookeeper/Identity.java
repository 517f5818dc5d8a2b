package io.portcullis.zookeeper;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Who somebody is to the servers: a role and an id in one farm, by a certificate of one CA.
///
/// It travels between servers as the text of ZooKeeper's `Id`, because the one that decides about a write is not the one that the client is
/// connected to.
final class Identity {
  static final String COORDINATOR = "coordinator";
  private static final String NODE = "node";

  /// Certificates are valid from a day before they are made.
  private static final Duration CLOCK_SKEW = Duration.ofDays(1);

  /// A chroot of some levels and a farm's name.
  private static final int LONGEST_ROOT = 512;

  private static final String ALL_FARMS = "/portcullis/";

  private static final Pattern SEGMENTS = Pattern.compile("(?:/[A-Za-z0-9._-]+){2,20}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  /// The subject as our CA writes it and no other way (RFC 2253, most specific first): no name can spell a part of it.
  private static final Pattern SUBJECT =
      Pattern.compile("CN=([A-Za-z0-9._-]+),OU=(coordinator|node),O=([A-Za-z0-9._-]+)");

  private static final Pattern TEXT =
      Pattern.compile(
          "(coordinator|node)/([A-Za-z0-9._-]+) (-?[0-9]{1,18}) ([0-9a-f]{64}) (/\\S+)");

  final String role;
  final String id;
  final long issuedMillis;

  /// Fingerprint of the key that signed the certificate.
  final String authority;

  /// The farm's place in the ensemble, from `/` on.
  final String root;

  private Identity(String role, String id, long issuedMillis, String authority, String root) {
    this.role = role;
    this.id = id;
    this.issuedMillis = issuedMillis;
    this.authority = authority;
    this.root = root;
  }

  /// @param root that the client asks for
  /// @return null if this is no coordinator or node of a farm, or that place is not its farm's
  static @Nullable Identity of(X509Certificate leaf, String authority, String root) {
    Matcher subject = SUBJECT.matcher(leaf.getSubjectX500Principal().getName());
    if (!subject.matches() || !isPlace(root) || !root.endsWith(ALL_FARMS + subject.group(3))) {
      return null;
    }
    return new Identity(
        subject.group(2),
        subject.group(1),
        leaf.getNotBefore().toInstant().plus(CLOCK_SKEW).toEpochMilli(),
        authority,
        root);
  }

  /// Whether that is how the place of some farm looks: asked before anything is done with what a client said.
  static boolean isPlace(String root) {
    int name = root.lastIndexOf(ALL_FARMS) + ALL_FARMS.length();
    return root.length() <= LONGEST_ROOT
        && SEGMENTS.matcher(root).matches()
        && name >= ALL_FARMS.length()
        && NAME.matcher(root.substring(name)).matches();
  }

  /// @return null if it is not what [#text] wrote
  static @Nullable Identity parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      return null;
    }
    return new Identity(
        Objects.requireNonNull(parts.group(1)),
        Objects.requireNonNull(parts.group(2)),
        Long.parseLong(parts.group(3)),
        Objects.requireNonNull(parts.group(4)),
        Objects.requireNonNull(parts.group(5)));
  }

  String text() {
    return name() + " " + issuedMillis + " " + authority + " " + root;
  }

  /// `role/id`, as access lists and revocations name it.
  String name() {
    return role + "/" + id;
  }

  boolean isCoordinator() {
    return role.equals(COORDINATOR);
  }

  /// Whether `expression` of an access list can mean anybody.
  static boolean isExpression(String expression) {
    if (expression.equals("coordinators") || expression.equals("members")) {
      return true;
    }
    int slash = expression.indexOf('/');
    String role = slash < 0 ? "" : expression.substring(0, slash);
    return (role.equals(COORDINATOR) || role.equals(NODE))
        && NAME.matcher(expression.substring(slash + 1)).matches();
  }

  boolean isMeant(String expression) {
    switch (expression) {
      case "coordinators":
        return isCoordinator();
      case "members":
        return true;
      default:
        return expression.equals(name());
    }
  }

  /// Whether `path` is the farm's.
  boolean owns(String path) {
    return path.equals(root) || path.startsWith(root + "/");
  }

  /// Whether `path` leads to the farm's place.
  boolean isOnTheWay(String path) {
    return path.equals("/") || root.startsWith(path + "/");
  }
}
