package io.portcullis.perf.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where the load goes: one address or one of each node, and the public names asked for there.
///
/// @param tls whether it speaks TLS
/// @param web public name of the pool's web services; the only name plain shapes use
/// @param discover public name of autodiscover
/// @param meet public name of the Meet simple URL
/// @param addresses what is connected to, whatever the name; of several a user takes one, and the next if nobody listens there
/// @param connectText the `--connect` that overrides name resolution, or null
public record Site(
    boolean tls,
    String web,
    String discover,
    String meet,
    List<InetSocketAddress> addresses,
    @Nullable String connectText) {

  private static final int HTTPS = 443;
  private static final int HTTP = 80;
  private static final Pattern CONNECT = Pattern.compile("(.+):([0-9]{1,5})");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,252})");

  public Site {
    addresses = List.copyOf(addresses);
  }

  /// The first address.
  public InetSocketAddress address() {
    return addresses.getFirst();
  }

  /// @param target `https://HOST[:PORT]` or `http://HOST[:PORT]`
  /// @param connect `ADDRESS:PORT` to connect to instead, several with commas between, or null
  /// @param discover name of autodiscover, null for the target's host
  /// @param meet likewise
  /// @throws IllegalArgumentException saying what is wrong with which option
  public static Site parse(
      String target, @Nullable String connect, @Nullable String discover, @Nullable String meet) {
    URI uri = uri(target);
    boolean tls = uri.getScheme().equals("https");
    int port = uri.getPort() > 0 ? uri.getPort() : tls ? HTTPS : HTTP;
    String host = uri.getHost();
    return new Site(
        tls,
        host,
        discover == null ? host : name("--discover", discover),
        meet == null ? host : name("--meet", meet),
        connect == null
            ? List.of(resolve("--target", host, port))
            : Stream.of(connect.split(",", -1)).map(Site::connectTo).toList(),
        connect);
  }

  private static URI uri(String target) {
    try {
      URI uri = URI.create(target);
      boolean scheme = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      String path = uri.getRawPath();
      if (scheme && uri.getHost() != null && (path == null || path.isEmpty() || path.equals("/"))) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below, with the way it should be.
    }
    throw new IllegalArgumentException(
        "--target is https://HOST[:PORT] or http://HOST[:PORT] without a path, not \"%s\""
            .formatted(target));
  }

  private static String name(String option, String text) {
    if (!NAME.matcher(text).matches()) {
      throw new IllegalArgumentException(option + " is a host name, not \"" + text + "\"");
    }
    return text;
  }

  private static InetSocketAddress connectTo(String text) {
    var match = CONNECT.matcher(text);
    if (!match.matches() || Integer.parseInt(match.group(2)) > 65_535) {
      throw new IllegalArgumentException("--connect is ADDRESS:PORT, not \"" + text + "\"");
    }
    return resolve("--connect", match.group(1), Integer.parseInt(match.group(2)));
  }

  private static InetSocketAddress resolve(String option, String host, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          option
              + ": no address for "
              + host
              + "; name the node to load with --connect ADDRESS:PORT");
    }
  }

  /// Every host that must have agreed to be loaded: the names, and what is connected to if that was given separately.
  public Set<String> hosts() {
    Set<String> hosts = new LinkedHashSet<>(Set.of());
    hosts.add(web);
    hosts.add(discover);
    hosts.add(meet);
    if (connectText != null) {
      for (String one : connectText.split(",", -1)) {
        hosts.add(one.substring(0, one.lastIndexOf(':')));
      }
    }
    return hosts;
  }
}
