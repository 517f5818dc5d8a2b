package io.portcullis.farm.identity;

import java.util.Locale;
import java.util.regex.Pattern;

/// What farms, nodes and operators may be called.
///
/// A closed alphabet is a security property: an id goes into a certificate subject that others take a role from, so it
/// must not be able to spell `,OU=coordinator`.
public final class Names {
  /// One DNS label's length: ids end up in host names, file names and znode paths.
  private static final int MAX = 63;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62})");

  private Names() {}

  public static boolean isValid(String name) {
    return NAME.matcher(name).matches();
  }

  /// @throws IllegalArgumentException saying what is allowed
  public static String require(String kind, String name) {
    if (!isValid(name)) {
      throw new IllegalArgumentException(
          "%s name \"%s\" is not possible: use 1 to %d letters, digits, dots, dashes, underscores"
              .formatted(kind, name.length() > MAX ? name.substring(0, MAX) + "..." : name, MAX));
    }
    return name;
  }

  /// The nearest valid name to `wish`, or `otherwise` if nothing of it is left.
  public static String nearest(String wish, String otherwise) {
    String clean =
        wish.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]", "-").replaceAll("^[^a-z0-9]+", "");
    String cut = clean.length() > MAX ? clean.substring(0, MAX) : clean;
    return cut.isEmpty() ? otherwise : cut;
  }
}
