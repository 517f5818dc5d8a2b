package io.portcullis.farm.cli;

import io.portcullis.farm.lync.LyncNames;
import io.portcullis.farm.verify.DnsServer;
import io.portcullis.farm.verify.Plan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What `farmctl verify` is told of DNS: where names have to lead, and which servers are asked.
final class VerifyDns {
  private static final Pattern SERVER =
      Pattern.compile("(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?");
  private static final int DNS_PORT = 53;
  private static final int MAX_PORT = 65_535;

  @Option(
      names = "--address",
      paramLabel = "ADDRESS",
      description =
          "Where public names must lead in DNS; repeat for more. Default: DNS is not looked at.")
  private List<String> addresses = new ArrayList<>();

  @Option(
      names = "--address-inside",
      paramLabel = "ADDRESS",
      description =
          "Where public names must lead for the inside; repeat for more. Default: as --address.")
  private List<String> insideAddresses = new ArrayList<>();

  @Option(
      names = "--dns",
      paramLabel = "SERVER[:PORT]",
      description = "Who is asked for records of the world outside. Default: as this machine does.")
  private @Nullable String outside;

  @Option(
      names = "--dns-inside",
      paramLabel = "SERVER[:PORT]",
      description = "Who is asked for records of the inside. Default: they are not looked at.")
  private @Nullable String inside;

  Plan.Dns of(LyncDocument document) throws CommandFailure {
    Map<String, String> aliases = new HashMap<>();
    for (LyncNames.DnsName name : LyncNames.dns(document.lync())) {
      String alias = name.alias();
      if (alias != null) {
        aliases.put(name.name(), alias);
      }
    }
    return new Plan.Dns(
        literal(addresses),
        literal(insideAddresses.isEmpty() ? addresses : insideAddresses),
        outside == null ? VerifyDns::system : server(outside),
        inside == null ? null : server(inside),
        aliases);
  }

  /// As Java writes addresses, so that `2001:db8::1` is found again.
  private static List<String> literal(List<String> typed) throws CommandFailure {
    List<String> literal = new ArrayList<>();
    for (String address : typed) {
      try {
        literal.add(InetAddress.ofLiteral(address).getHostAddress());
      } catch (IllegalArgumentException e) {
        throw CommandFailure.wrongUsage(
            "\"" + address + "\" is not an address", "write --address 203.0.113.10");
      }
    }
    return literal;
  }

  private static Plan.Names server(String typed) throws CommandFailure {
    Matcher matcher = SERVER.matcher(typed);
    int port =
        matcher.matches() && matcher.group(2) != null
            ? Integer.parseInt(matcher.group(2))
            : DNS_PORT;
    try {
      if (!matcher.matches() || port > MAX_PORT) {
        throw new UnknownHostException(typed);
      }
      return new DnsServer(
          new InetSocketAddress(
              InetAddress.getByName(VerifyEntrance.bare(matcher.group(1))), port));
    } catch (UnknownHostException e) {
      throw CommandFailure.wrongUsage(
          "\"" + typed + "\" is no DNS server", "write ADDRESS or ADDRESS:PORT");
    }
  }

  static List<InetAddress> system(String name) throws IOException {
    try {
      return List.of(InetAddress.getAllByName(name));
    } catch (UnknownHostException e) {
      return List.of();
    }
  }
}
