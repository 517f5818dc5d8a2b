package io.portcullis.appliance;

import io.portcullis.appliance.Lines.Line;
import io.portcullis.farm.identity.JoinToken;
import io.portcullis.farm.identity.Names;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads settings: one a line, a word and what it is set to. Everything is judged before anything is believed.
final class SettingsReader {

  /// What came of a text.
  sealed interface Outcome {
    record Accepted(Settings settings) implements Outcome {}

    record Refused(List<String> problems) implements Outcome {}
  }

  static final List<String> WORDS =
      List.of(
          "role",
          "farm",
          "token",
          "name",
          "external",
          "internal",
          "route",
          "dns",
          "host",
          "ntp",
          "ssh-key",
          "publish");

  private static final Pattern HOST_NAME =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})(?:\\.[A-Za-z0-9][A-Za-z0-9-]{0,62})*");
  private static final Pattern CARD =
      Pattern.compile("[a-z][a-z0-9]{1,14}|(?:[0-9a-f]{2}:){5}[0-9a-f]{2}");
  private static final Pattern SSH_KEY =
      Pattern.compile(
          "(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) [A-Za-z0-9+/]{40,2000}={0,2}(?: [\\x20-\\x7e]{0,100})?");
  private static final List<Integer> WEB = List.of(80, 443);

  private final Lines lines;

  private SettingsReader(Lines lines) {
    this.lines = lines;
  }

  static Outcome read(String text) {
    SettingsReader reader = new SettingsReader(new Lines(text, WORDS));
    Optional<Settings> settings = reader.settings();
    List<String> problems = reader.lines.problems();
    return problems.isEmpty() && settings.isPresent()
        ? new Outcome.Accepted(settings.get())
        : new Outcome.Refused(problems);
  }

  private Optional<Settings> settings() {
    Settings.Role role = role();
    String farm = lines.one("farm").map(this::farm).orElse(null);
    String token = lines.one("token").map(this::token).orElse(null);
    Settings.Side external =
        lines.one("external").flatMap(this::side).orElse(new Settings.Side(null, null, null));
    Settings.Side internal = lines.one("internal").flatMap(this::side).orElse(null);
    List<Settings.Route> routes = each("route", this::route);
    Settings settings =
        new Settings(
            role == null ? Settings.Role.NODE : role,
            farm,
            token,
            lines.one("name").map(this::name).orElse("portcullis"),
            external,
            internal,
            routes,
            addresses("dns"),
            each("host", this::host),
            names("ntp"),
            each("ssh-key", this::sshKey),
            publish());
    if (role != null) {
      requireRole(role);
    }
    requireSides(settings);
    return Optional.of(settings);
  }

  private Settings.@Nullable Role role() {
    Optional<Line> line = lines.one("role");
    if (line.isEmpty()) {
      lines.problem(
          "role", "is missing", "say \"role first\" to make a farm, \"role node\" to join one");
      return null;
    }
    return switch (line.get().rest()) {
      case "first" -> Settings.Role.FIRST;
      case "node" -> Settings.Role.NODE;
      default -> {
        lines.problem(line.get(), "is first or node", "first makes the farm, node joins it");
        yield null;
      }
    };
  }

  private void requireRole(Settings.Role role) {
    boolean first = role == Settings.Role.FIRST;
    if (first && lines.all("farm").isEmpty()) {
      lines.problem("farm", "is missing", "a first machine names its farm: farm contoso-edge");
    }
    if (!first && lines.all("token").isEmpty()) {
      lines.problem(
          "token",
          "is missing",
          "a node joins with the line that \"farmctl token create\" prints: token portcullis1....");
    }
    lines
        .all(first ? "token" : "farm")
        .forEach(line ->
            lines.problem(
                line,
                "does not go with role " + (first ? "first" : "node"),
                "leave it out, or change the role"));
  }

  private void requireSides(Settings settings) {
    Settings.Side internal = settings.internal();
    Cidr inside = internal == null ? null : internal.address();
    Cidr outside = settings.external().address();
    if (internal != null && internal.gateway() != null) {
      lines.problem(
          "internal",
          "has a gateway, but the only default route is outside",
          "name the inner networks instead: route 10.0.0.0/8 via "
              + internal.gateway().getHostAddress());
    }
    if (inside != null && outside != null && inside.overlaps(outside)) {
      lines.problem(
          "internal",
          inside + " and external " + outside + " are the same network",
          "give each side a network of its own");
    }
    for (Settings.Route route : settings.routes()) {
      boolean reached =
          (inside != null && inside.contains(route.via()))
              || (outside != null && outside.contains(route.via()));
      if (!reached && !(internal != null && inside == null)) {
        lines.problem(
            "route " + route.to(),
            route.via().getHostAddress() + " is on neither side's network",
            "name a router within " + (inside == null ? "the internal network" : inside));
      }
    }
  }

  private @Nullable String farm(Line line) {
    if (Names.isValid(line.rest())) {
      return line.rest();
    }
    lines.problem(
        line, "cannot be called that", "use 1 to 63 letters, digits, dots, dashes, underscores");
    return null;
  }

  /// The token itself is a secret and never repeated.
  private @Nullable String token(Line line) {
    try {
      JoinToken token = JoinToken.decode(line.rest());
      if (token.role() != io.portcullis.farm.identity.Role.NODE) {
        lines.problem(
            line,
            "is for an operator, not for a machine",
            "make one with \"farmctl token create\"");
      }
      return line.rest();
    } catch (IOException e) {
      lines.problem(line, "is no join token", "paste the whole line that begins portcullis1.");
      return null;
    }
  }

  private @Nullable String name(Line line) {
    if (line.rest().matches("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")) {
      return line.rest();
    }
    lines.problem(line, "is no host name", "use 1 to 63 small letters, digits and dashes");
    return null;
  }

  /// `dhcp` or `ADDRESS/PREFIX`, then `gateway ADDRESS` and `card NAME-OR-MAC`.
  private Optional<Settings.Side> side(Line line) {
    List<String> words = line.words();
    try {
      if (words.isEmpty() || words.size() % 2 == 0) {
        throw new IllegalArgumentException("is not understood");
      }
      Cidr address = words.getFirst().equals("dhcp") ? null : Cidr.parse(words.getFirst());
      InetAddress gateway = null;
      String card = null;
      for (int i = 1; i < words.size(); i += 2) {
        String value = words.get(i + 1);
        switch (words.get(i)) {
          case "gateway" -> gateway = Cidr.address(value);
          case "card" -> card = card(value);
          default ->
              throw new IllegalArgumentException("\"" + words.get(i) + "\" is not understood");
        }
      }
      if (gateway != null && (address == null || !address.contains(gateway))) {
        throw new IllegalArgumentException(
            "the gateway " + gateway.getHostAddress() + " is outside this network");
      }
      return Optional.of(new Settings.Side(address, gateway, card));
    } catch (IllegalArgumentException e) {
      lines.problem(
          line,
          String.valueOf(e.getMessage()),
          "write: "
              + line.word()
              + " dhcp, or "
              + line.word()
              + " 192.0.2.10/24"
              + (line.word().equals("external") ? " gateway 192.0.2.1" : "")
              + " [card NAME-OR-MAC]");
      return Optional.empty();
    }
  }

  private static String card(String value) {
    String small = value.toLowerCase(java.util.Locale.ROOT);
    if (!CARD.matcher(small).matches()) {
      throw new IllegalArgumentException(
          "\"" + value + "\" is neither a card's name nor a MAC address");
    }
    return small;
  }

  private Settings.Route route(Line line) {
    List<String> words = line.words();
    if (words.size() != 3 || !words.get(1).equals("via")) {
      throw new IllegalArgumentException("is written: route 10.1.0.0/16 via 10.0.0.1");
    }
    Cidr to = Cidr.parse(words.getFirst());
    if (!to.isNetwork()) {
      throw new IllegalArgumentException(to + " has bits behind its prefix; name the network");
    }
    if (to.prefix() == 0) {
      throw new IllegalArgumentException("a default route is the gateway of external");
    }
    return new Settings.Route(to, Cidr.address(words.get(2)));
  }

  private Settings.Host host(Line line) {
    List<String> words = line.words();
    if (words.size() < 2) {
      throw new IllegalArgumentException(
          "is written: host 10.0.0.12 fe2.contoso.local [more names]");
    }
    List<String> names = words.subList(1, words.size());
    names.forEach(SettingsReader::requireHostName);
    return new Settings.Host(Cidr.address(words.getFirst()), names);
  }

  private String sshKey(Line line) {
    if (!SSH_KEY.matcher(line.rest()).matches()) {
      throw new IllegalArgumentException("is no public key; paste one line of an id_ed25519.pub");
    }
    return line.rest();
  }

  private List<InetAddress> addresses(String word) {
    List<InetAddress> all = new ArrayList<>();
    each(word, line -> line.words().stream().map(Cidr::address).toList()).forEach(all::addAll);
    return all;
  }

  private List<String> names(String word) {
    List<String> all = new ArrayList<>();
    each(word, line -> line.words().stream().map(SettingsReader::requireHostName).toList())
        .forEach(all::addAll);
    return all;
  }

  private static String requireHostName(String name) {
    if (name.length() > 253 || !(HOST_NAME.matcher(name).matches() || isAddress(name))) {
      throw new IllegalArgumentException("\"" + name + "\" is no host name");
    }
    return name;
  }

  private static boolean isAddress(String text) {
    try {
      InetAddress _ = Cidr.address(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private List<Integer> publish() {
    List<Integer> ports = new ArrayList<>();
    each("publish", line -> line.words().stream().map(SettingsReader::port).toList())
        .forEach(ports::addAll);
    return lines.all("publish").isEmpty() ? WEB : ports;
  }

  private static Integer port(String text) {
    if (!text.matches("[1-9][0-9]{0,4}") || Integer.parseInt(text) > 65_535) {
      throw new IllegalArgumentException("\"" + text + "\" is no port");
    }
    return Integer.valueOf(text);
  }

  /// Every line of a word as a value; a line that is wrong is told and left out.
  private <T> List<T> each(String word, Function<Line, T> read) {
    List<T> values = new ArrayList<>();
    for (Line line : lines.all(word)) {
      try {
        values.add(read.apply(line));
      } catch (IllegalArgumentException e) {
        lines.problem(line, String.valueOf(e.getMessage()), "mend this line");
      }
    }
    return values;
  }
}
