package io.portcullis.farm;

import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.Names;
import io.portcullis.farm.server.StartFailed;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How a coordinator was started.
///
/// @param farm empty on a machine that joins or has joined: the farm is known then
/// @param quorum where other coordinators connect, from the moment there are others; the port after it is for elections
/// @param advertise host name or address under which nodes, operators and other coordinators reach this machine
/// @param token with which this machine becomes a coordinator of a farm that there is; null = it is one, or founds one
/// @param name what it wants to be called; null = this machine's name
/// @param guest where the farm's state is if others run the ensemble; null = as it is known already, or in the coordinators
record CoordinatorOptions(
    Path state,
    String farm,
    InetSocketAddress admin,
    InetSocketAddress zookeeper,
    InetSocketAddress quorum,
    String advertise,
    @Nullable String token,
    @Nullable String name,
    @Nullable Guest guest) {

  /// @param connect `host:port,host:port/chroot`
  /// @param ca file of the CAs that signed those servers' certificates
  record Guest(String connect, Path ca) {}

  /// Twenty servers are more than any ensemble has.
  private static final Pattern CONNECT =
      Pattern.compile(
          "(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}(?:,(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}){0,19}"
              + "(?:/[A-Za-z0-9_-][A-Za-z0-9._-]{0,62}){1,5}");

  private static final Set<String> KNOWN =
      Set.of(
          "--state",
          "--farm",
          "--admin",
          "--zookeeper",
          "--quorum",
          "--advertise",
          "--join",
          "--name",
          "--zookeeper-connect",
          "--zookeeper-ca");

  /// One that founds a farm or goes on with it; other coordinators find it on a free port.
  CoordinatorOptions(
      Path state,
      String farm,
      InetSocketAddress admin,
      InetSocketAddress zookeeper,
      String advertise) {
    this(
        state,
        farm,
        admin,
        zookeeper,
        new InetSocketAddress(zookeeper.getAddress(), 0),
        advertise,
        null,
        null,
        null);
  }

  static final String USAGE =
      "farmctl coordinator run --state DIR --farm NAME [--admin 0.0.0.0:9443]"
          + " [--zookeeper 0.0.0.0:2281] [--quorum 0.0.0.0:2282] [--advertise HOST]"
          + "; for one more coordinator --join TOKEN [--name NAME] in the place of --farm"
          + "; with an ensemble that others run --zookeeper-connect HOST:PORT,.../CHROOT --zookeeper-ca FILE";

  static final String HELP =
      """
      farmctl coordinator run: the farm's control plane on this machine, until a signal ends it.

        --state DIR               where all it knows is kept; made if it is not there. Always needed
        --farm NAME               founds that farm, or goes on with it
        --join TOKEN              in its place: one more coordinator of a farm that there is, by a
                                  token of "farmctl token create --role coordinator"
        --name NAME               what it is called then (default: this machine's name)
        --advertise HOST          where nodes, operators and other coordinators reach this machine
        --admin ADDRESS:PORT      for farmctl (default: 0.0.0.0:9443)
        --zookeeper ADDRESS:PORT  for nodes (default: 0.0.0.0:2281)
        --quorum ADDRESS:PORT     for other coordinators, with the port after it (default: 0.0.0.0:2282)

      With an ensemble that others run:
        --zookeeper-connect HOST:PORT,.../CHROOT
        --zookeeper-ca FILE       the CAs that signed those servers' certificates

      Ends with 0 after a signal or its removal, 1 if it cannot start or go on, 2 for options it does not know.
      """;

  /// Whether the one who typed it wants to read, not to run.
  static boolean wantHelp(List<String> arguments) {
    return arguments.contains("--help") || arguments.contains("-h");
  }

  static CoordinatorOptions parse(List<String> arguments) throws StartFailed {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < arguments.size(); i += 2) {
      String name = arguments.get(i);
      if (!KNOWN.contains(name) || i + 1 == arguments.size()) {
        throw new StartFailed(
            KNOWN.contains(name) ? name + " needs a value" : "unknown option " + name, USAGE);
      }
      given.put(name, arguments.get(i + 1));
    }
    Path state = Path.of(required(given, "--state")).toAbsolutePath();
    boolean known =
        given.containsKey("--join") || FarmHome.isIn(state) || Restoration.isPending(state);
    String farm = known ? given.getOrDefault("--farm", "") : required(given, "--farm");
    if (!farm.isEmpty() && !Names.isValid(farm)) {
      throw new StartFailed(
          "a farm cannot be called \"" + farm + "\"",
          "use letters, digits, dots, dashes and underscores, at most 63");
    }
    InetSocketAddress admin = address("--admin", given.getOrDefault("--admin", "0.0.0.0:9443"));
    InetSocketAddress zookeeper =
        address("--zookeeper", given.getOrDefault("--zookeeper", "0.0.0.0:2281"));
    InetSocketAddress quorum = address("--quorum", given.getOrDefault("--quorum", "0.0.0.0:2282"));
    String advertise = given.getOrDefault("--advertise", reachable(admin.getAddress()));
    return new CoordinatorOptions(
        state,
        farm,
        admin,
        zookeeper,
        quorum,
        advertise,
        given.get("--join"),
        given.get("--name"),
        guest(given));
  }

  private static @Nullable Guest guest(Map<String, String> given) throws StartFailed {
    String connect = given.get("--zookeeper-connect");
    String ca = given.get("--zookeeper-ca");
    if (connect == null && ca == null) {
      return null;
    }
    if (connect == null || ca == null || given.containsKey("--join")) {
      throw new StartFailed(
          given.containsKey("--join")
              ? "a coordinator that joins learns where the ensemble is: --zookeeper-connect and --zookeeper-ca go without --join"
              : "--zookeeper-connect and --zookeeper-ca go together",
          USAGE);
    }
    if (!CONNECT.matcher(connect).matches()) {
      throw new StartFailed(
          "--zookeeper-connect %s is no connect string with a chroot".formatted(connect),
          "write it as zk1:2281,zk2:2281,zk3:2281/portcullis: the secure client ports, and a path of this farm's own");
    }
    return new Guest(connect, Path.of(ca).toAbsolutePath());
  }

  /// The farm's name where it is known from elsewhere.
  CoordinatorOptions of(String known) {
    return new CoordinatorOptions(
        state, known, admin, zookeeper, quorum, advertise, token, name, guest);
  }

  private static String required(Map<String, String> given, String name) throws StartFailed {
    String value = given.get(name);
    if (value == null || value.isEmpty()) {
      throw new StartFailed(name + " is missing", USAGE);
    }
    return value;
  }

  private static InetSocketAddress address(String option, String text) throws StartFailed {
    int colon = text.lastIndexOf(':');
    try {
      if (colon > 0) {
        String host = text.substring(0, colon).replaceAll("^\\[|\\]$", "");
        int port = Integer.parseInt(text.substring(colon + 1));
        return new InetSocketAddress(InetAddress.getAllByName(host)[0], port);
      }
    } catch (IllegalArgumentException | IOException e) {
      // Said below.
    }
    throw new StartFailed(
        option + " " + text + " is no address to listen on", "write it as HOST:PORT");
  }

  /// The address itself, or for "all addresses" the first that other machines can use.
  private static String reachable(InetAddress bind) throws StartFailed {
    if (!bind.isAnyLocalAddress()) {
      return bind.getHostAddress();
    }
    try {
      return NetworkInterface.networkInterfaces()
          .filter(CoordinatorOptions::isUp)
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> address instanceof Inet4Address && !address.isLinkLocalAddress())
          .map(InetAddress::getHostAddress)
          .findFirst()
          .orElse(InetAddress.getLoopbackAddress().getHostAddress());
    } catch (SocketException e) {
      throw new StartFailed(
          "this machine's addresses cannot be listed", "name one with --advertise HOST", e);
    }
  }

  private static boolean isUp(NetworkInterface network) {
    try {
      return network.isUp() && !network.isLoopback();
    } catch (SocketException e) {
      return false;
    }
  }

  /// `host:port`, an IPv6 literal in brackets.
  static String hostPort(String host, int port) {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
