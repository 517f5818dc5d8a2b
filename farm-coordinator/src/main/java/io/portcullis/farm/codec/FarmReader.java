package io.portcullis.farm.codec;

import io.portcullis.farm.model.CertificateRef;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Listener;
import io.portcullis.farm.model.Listener.ListenerTls;
import io.portcullis.farm.model.LyncTopology;
import io.portcullis.farm.model.Origin;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.PublishingRule;
import io.portcullis.farm.model.PublishingRule.Action;
import io.portcullis.farm.model.PublishingRule.Upgrade;
import io.portcullis.farm.model.StaticHost;
import io.portcullis.farm.model.TlsVersion;
import io.portcullis.farm.model.VirtualGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/// Reads a whole document as far as it can be read, and remembers for later checks what stood where.
final class FarmReader implements Origin {
  private static final Map<String, PublishingRule.ForwardedHeaders> FORWARDED =
      Arrays.stream(PublishingRule.ForwardedHeaders.values())
          .collect(Collectors.toMap(PublishingRule.ForwardedHeaders::word, Function.identity()));

  private static final List<String> ACTIONS = List.of("pool", "redirect", "respond");

  private final Reading reading;
  private final PoolReader pools;
  private final Map<Kind, List<String>> paths = new EnumMap<>(Kind.class);
  private final Map<Kind, List<String>> unread = new EnumMap<>(Kind.class);

  FarmReader(Reading reading) {
    this.reading = reading;
    this.pools = new PoolReader(reading);
  }

  /// What could be read; null if the document is not even a section.
  @Nullable FarmConfig farm(Node root) {
    Section farm = Section.of(reading, root, "", Keys.FARM);
    if (farm == null) {
      return null;
    }
    String name = farm.requiredText("farm", "contoso-edge");
    List<Listener> listeners =
        elements(farm, Kind.LISTENER, Keys.LISTENER, true, this::listener, Listener::name);
    List<CertificateRef> certificates =
        elements(
            farm,
            Kind.CERTIFICATE,
            Keys.CERTIFICATE,
            true,
            CertificateReader::certificate,
            CertificateRef::name);
    List<Pool> read = elements(farm, Kind.POOL, Keys.POOL, false, pools::pool, Pool::name);
    List<PublishingRule> rules =
        elements(farm, Kind.RULE, Keys.RULE, false, this::rule, PublishingRule::name);
    List<StaticHost> hosts = new ArrayList<>();
    farm.table("hosts").forEach((host, address) -> hosts.add(new StaticHost(host, address)));
    List<VirtualGroup> virtual =
        elements(farm, Kind.VIRTUAL, Keys.VIRTUAL, false, this::virtual, VirtualGroup::name);
    Section lync = farm.section("lync", Keys.LYNC);
    LyncTopology topology = lync == null ? null : new LyncReader(reading).topology(lync);
    return new FarmConfig(name, listeners, certificates, read, rules, hosts, topology, virtual);
  }

  /// @param whole whether one bad value makes the element useless for further checks
  private <T> List<T> elements(
      Section farm,
      Kind kind,
      Keys keys,
      boolean whole,
      Function<Section, T> read,
      Function<T, String> name) {
    List<T> elements = new ArrayList<>();
    List<String> at = paths.computeIfAbsent(kind, _ -> new ArrayList<>());
    List<String> lost = unread.computeIfAbsent(kind, _ -> new ArrayList<>());
    int before = reading.errors();
    List<Section.Item> items = farm.items(kind.section());
    if (reading.errors() > before || farm.misspelt(kind.section())) {
      lost.add("");
    }
    for (Section.Item item : items) {
      int errors = reading.errors();
      Section section = Section.of(reading, item.node(), item.path(), keys);
      T element = section == null ? null : read.apply(section);
      if (element == null) {
        lost.add("");
      } else if (name.apply(element).isEmpty() || whole && reading.errors() > errors) {
        lost.add(name.apply(element));
      } else {
        elements.add(element);
        at.add(item.path());
      }
    }
    return elements;
  }

  private Listener listener(Section listener) {
    Section tls = listener.section("tls", Keys.LISTENER_TLS);
    return new Listener(
        listener.requiredText("name", "https"),
        listener.requiredText("bind", "\"0.0.0.0:443\""),
        tls == null
            ? null
            : new ListenerTls(
                tls.texts("certificates"),
                tls.word("minVersion", PoolReader.TLS_VERSIONS, TlsVersion.TLSv1_2)),
        listenerLimits(listener.section("limits", Keys.LISTENER_LIMITS)),
        listener.texts("proxyProtocolFrom"));
  }

  private static Listener.Limits listenerLimits(@Nullable Section limits) {
    return limits == null
        ? Listener.Limits.NONE
        : new Listener.Limits(
            limits.number("connectionsPerSource", 0),
            limits.number("handshakesPerSource", 0),
            limits.number("requestsPerSource", 0));
  }

  private static PublishingRule.Access access(Section rule) {
    Section limits = rule.section("limits", Keys.RULE_LIMITS);
    return new PublishingRule.Access(
        rule.texts("allowSources"),
        rule.texts("denySources"),
        limits == null ? 0 : limits.number("requestsPerSource", 0),
        limits == null ? 0 : limits.number("requests", 0));
  }

  private VirtualGroup virtual(Section group) {
    List<VirtualGroup.Holder> nodes = new ArrayList<>();
    for (Section.Item item : group.items("nodes")) {
      Section node = Section.of(reading, item.node(), item.path(), Keys.VIRTUAL_NODE);
      if (node != null) {
        nodes.add(
            new VirtualGroup.Holder(
                node.requiredText("name", "edge-1"), node.requiredText("address", "192.0.2.11")));
      }
    }
    return new VirtualGroup(group.requiredText("name", "outside"), group.texts("addresses"), nodes);
  }

  private PublishingRule rule(Section rule) {
    if (!rule.has("publicNames")) {
      rule.missing("publicNames", "add publicNames: [host, ...], or [\"*\"] for any name");
    }
    return new PublishingRule(
        rule.requiredText("name", "pool01-web"),
        rule.requiredText("listener", "https"),
        rule.texts("publicNames"),
        rule.has("paths") ? rule.texts("paths") : List.of("/"),
        rule.texts("deny"),
        action(rule),
        rule.flag("dropAuthorization"),
        new PublishingRule.Policy(
            rule.flag("http2"),
            upgrade(rule.section("upgrade", Keys.UPGRADE)),
            rule.word("forwardedHeaders", FORWARDED, PublishingRule.ForwardedHeaders.OFF),
            rule.texts("forwardedFrom")),
        access(rule));
  }

  private static Upgrade upgrade(@Nullable Section upgrade) {
    if (upgrade == null) {
      return Upgrade.NONE;
    }
    if (!upgrade.has("protocols")) {
      upgrade.missing("protocols", "add protocols: [websocket]");
    }
    return new Upgrade(upgrade.texts("protocols"), upgrade.duration("idle", Upgrade.NONE.idle()));
  }

  private Action action(Section rule) {
    List<String> given = ACTIONS.stream().filter(rule::has).toList();
    if (given.isEmpty() && ACTIONS.stream().anyMatch(rule::misspelt)) {
      reading.excuse(rule.path());
      return new Action.Respond(404);
    }
    if (given.size() != 1) {
      rule.error(
          given.isEmpty() ? "says not what to do" : "says more than one thing to do: " + given,
          "give one of pool: NAME, redirect: https, respond: 404");
      return new Action.Respond(404);
    }
    return switch (given.getFirst()) {
      case "pool" -> {
        String pool = rule.text("pool");
        yield new Action.ToPool(pool == null ? "" : pool);
      }
      case "redirect" ->
          rule.word(
              "redirect",
              Map.of("https", new Action.RedirectToHttps()),
              new Action.RedirectToHttps());
      default -> new Action.Respond(rule.number("respond", 404));
    };
  }

  @Override
  public String path(Kind kind, int index) {
    List<String> known = paths.getOrDefault(kind, List.of());
    return index < known.size() ? known.get(index) : Origin.WHOLE.path(kind, index);
  }

  @Override
  public boolean unread(Kind kind, String name) {
    List<String> lost = unread.getOrDefault(kind, List.of());
    return lost.contains(name) || lost.contains("");
  }

  @Override
  public boolean complete() {
    return reading.errors() == 0;
  }
}
