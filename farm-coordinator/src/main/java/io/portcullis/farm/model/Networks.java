package io.portcullis.farm.model;

import java.net.InetAddress;
import java.util.regex.Pattern;

/// Networks as the document writes them.
final class Networks {

  private static final Pattern PREFIX = Pattern.compile("0|[1-9][0-9]{0,2}");

  private Networks() {}

  /// `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`.
  static boolean isNetwork(String text) {
    int slash = text.indexOf('/');
    try {
      InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
      String prefix = text.substring(slash + 1);
      return slash < 0
          || (PREFIX.matcher(prefix).matches()
              && Integer.parseInt(prefix) <= address.getAddress().length * 8);
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
