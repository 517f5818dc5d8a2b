package io.portcullis.appliance;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Settings as the files that other programs read; paths are below `/run`.
final class Rendering {

  private static final String EXTERNAL = "systemd/network/10-external.network";
  private static final String INTERNAL = "systemd/network/20-internal.network";
  private static final String ANY = "systemd/network/30-any.network";
  private static final String COORDINATOR = "portcullis/coordinator.env";
  private static final String NODE = "portcullis/node.env";

  /// What a rendering may leave behind for the next to remove.
  static final Set<String> OWNED =
      Set.of(
          EXTERNAL,
          INTERNAL,
          ANY,
          COORDINATOR,
          NODE,
          "portcullis/hosts",
          "portcullis/hostname",
          "portcullis/nftables.conf",
          "portcullis/chrony/settings.sources",
          "portcullis/authorized_keys",
          "portcullis/summary");

  /// Holds a join token.
  static final Set<String> SECRET = Set.of(NODE);

  private Rendering() {}

  /// A machine that nobody has told anything: addresses by DHCP, nothing comes in.
  static Map<String, String> unconfigured() {
    Map<String, String> files = new TreeMap<>();
    files.put(ANY, "[Match]\nType=ether\n" + DHCP);
    files.put("portcullis/hosts", hosts(List.of(), "portcullis"));
    files.put("portcullis/hostname", "portcullis\n");
    files.put("portcullis/nftables.conf", Firewall.closed());
    return files;
  }

  static Map<String, String> of(Settings settings, Placement placement) {
    Map<String, String> files = new TreeMap<>();
    files.put(EXTERNAL, external(settings, placement));
    Settings.Side internal = settings.internal();
    Cards.Card card = placement.internal();
    if (internal != null && card != null) {
      files.put(
          INTERNAL,
          network(card, internal, lines(settings.dns(), "DNS="))
              + routes(settings, internal.address()));
    }
    files.put("portcullis/hosts", hosts(settings.hosts(), settings.name()));
    files.put("portcullis/hostname", settings.name() + "\n");
    files.put("portcullis/nftables.conf", Firewall.of(settings, placement));
    files.put("portcullis/chrony/settings.sources", lines(settings.ntp(), "server ", " iburst"));
    files.put("portcullis/summary", summary(settings, placement));
    if (!settings.sshKeys().isEmpty()) {
      files.put("portcullis/authorized_keys", lines(settings.sshKeys(), ""));
    }
    if (settings.role() == Settings.Role.FIRST) {
      files.put(COORDINATOR, "FARM=%s\nINSIDE=%s\n".formatted(settings.farm(), inside(settings)));
    }
    files.put(
        NODE,
        "ROLE=%s\nNAME=%s\nTOKEN=%s\n"
            .formatted(
                settings.role() == Settings.Role.FIRST ? "first" : "node",
                settings.name(),
                settings.token() == null ? "" : settings.token()));
    return files;
  }

  private static final String DHCP =
      """

      [Network]
      DHCP=ipv4
      LinkLocalAddressing=ipv6
      IPv6AcceptRA=yes

      [DHCPv4]
      ClientIdentifier=mac
      UseHostname=no
      """;

  private static String external(Settings settings, Placement placement) {
    Settings.Side side = settings.external();
    boolean alone = settings.internal() == null;
    String dns = alone ? lines(settings.dns(), "DNS=") : "";
    return network(placement.external(), side, dns) + routes(settings, side.address());
  }

  private static String network(Cards.Card card, Settings.Side side, String dns) {
    String match = "[Match]\nName=" + card.name() + "\n";
    Cidr address = side.address();
    InetAddress gateway = side.gateway();
    if (address == null) {
      return match + DHCP.replace("[Network]\n", "[Network]\n" + dns);
    }
    return match
        + "\n[Network]\nAddress="
        + address
        + "\n"
        + (gateway == null ? "" : "Gateway=" + gateway.getHostAddress() + "\n")
        + dns
        + "LinkLocalAddressing=ipv6\nIPv6AcceptRA=no\nConfigureWithoutCarrier=yes\n";
  }

  /// The routes whose router is on this side; with DHCP inside, those of the other side's networks are left.
  private static String routes(Settings settings, @org.jspecify.annotations.Nullable Cidr side) {
    return settings.routes().stream()
        .filter(route -> side != null && side.contains(route.via()))
        .map(route ->
            "\n[Route]\nDestination="
                + route.to()
                + "\nGateway="
                + route.via().getHostAddress()
                + "\n")
        .collect(Collectors.joining());
  }

  private static String hosts(List<Settings.Host> hosts, String name) {
    StringBuilder text =
        new StringBuilder("127.0.0.1 localhost\n::1 localhost\n127.0.1.1 " + name + "\n");
    hosts.forEach(host ->
        text.append(host.address().getHostAddress())
            .append(' ')
            .append(String.join(" ", host.names()))
            .append('\n'));
    return text.toString();
  }

  /// The address that coordinator and ZooKeeper bind and are called by; empty with DHCP.
  private static String inside(Settings settings) {
    Settings.Side side = settings.internal() == null ? settings.external() : settings.internal();
    Cidr address = side.address();
    if (address == null) {
      return "";
    }
    String text = address.address().getHostAddress();
    return text.indexOf(':') < 0 ? text : "[" + text + "]";
  }

  /// For people, on the console; no secrets.
  static String summary(Settings settings, Placement placement) {
    Cards.Card card = placement.internal();
    return "name      %s\nrole      %s\nexternal  %s\ninternal  %s\n"
        .formatted(
            settings.name(),
            settings.role() == Settings.Role.FIRST ? "first of farm " + settings.farm() : "node",
            side(settings.external(), placement.external()),
            card == null || settings.internal() == null ? "none" : side(settings.internal(), card));
  }

  private static String side(Settings.Side side, Cards.Card card) {
    return card.name() + " " + (side.address() == null ? "by DHCP" : side.address());
  }

  private static String lines(List<?> values, String before) {
    return lines(values, before, "");
  }

  private static String lines(List<?> values, String before, String after) {
    return values.stream()
        .map(value ->
            before
                + (value instanceof InetAddress address ? address.getHostAddress() : value)
                + after
                + "\n")
        .collect(Collectors.joining());
  }
}
