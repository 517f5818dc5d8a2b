package io.portcullis.farm.codec;

import io.portcullis.farm.model.Acme;
import io.portcullis.farm.model.CertificateRef;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Listener;
import io.portcullis.farm.model.LyncTopology;
import io.portcullis.farm.model.LyncTopology.SimpleUrls;
import io.portcullis.farm.model.LyncTopology.WebPool;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.Probe;
import io.portcullis.farm.model.PublishingRule;
import io.portcullis.farm.model.PublishingRule.Action;
import io.portcullis.farm.model.StaticHost;
import io.portcullis.farm.model.TlsVersion;
import io.portcullis.farm.model.VirtualGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Valid farms of every shape, from a seed.
final class RandomFarms {
  /// Element names that YAML 1.1 would take for something else if they were not quoted.
  private static final List<String> TRICKY =
      List.of("no", "on", "null", "1e3", "0x1F", "1.5", "2001-01-01", "true", "12", "1_000", "y");

  private final Random random;

  RandomFarms(long seed) {
    random = new Random(seed);
  }

  FarmConfig next() {
    List<CertificateRef> certificates = some(1, 3, this::certificate);
    List<Listener> listeners = new ArrayList<>();
    listeners.add(
        new Listener(
            "tls",
            "0.0.0.0:443",
            new Listener.ListenerTls(
                certificates.stream().map(CertificateRef::name).toList(), version()),
            Listener.Limits.NONE,
            random.nextBoolean() ? List.of() : List.of("10.0.0.0/8")));
    listeners.addAll(some(0, 2, this::clear));
    List<Pool> pools = some(1, 3, this::pool);
    List<PublishingRule> rules =
        some(0, 5, i -> rule(i, listeners, pools.get(random.nextInt(pools.size())).name()));
    List<StaticHost> hosts =
        some(
            0,
            3,
            i ->
                new StaticHost(
                    "h" + i + ".local", random.nextBoolean() ? "10.9.8." + i : "2001:db8::" + i));
    return new FarmConfig(
        name("farm", 0),
        listeners,
        certificates,
        pools,
        rules,
        hosts,
        maybe(() -> lync(listeners)),
        some(0, 2, RandomFarms::virtual));
  }

  private static VirtualGroup virtual(int i) {
    return new VirtualGroup(
        "v" + i,
        List.of("192.0." + i + ".100/24", "192.0." + i + ".101/24"),
        List.of(
            new VirtualGroup.Holder("edge-2", "192.0." + i + ".12"),
            new VirtualGroup.Holder("edge-1", "192.0." + i + ".11")));
  }

  private Acme acme(int i) {
    boolean file = random.nextBoolean();
    return new Acme(
        "https://ca.example:14000/dir?x=" + i,
        List.of("no.contoso.com", "meet" + i + ".contoso.com"),
        maybe(() -> "host.master@contoso.com"),
        random.nextBoolean() ? Acme.Key.RSA : Acme.Key.ECDSA,
        Acme.Challenge.TLS_ALPN_01,
        file ? "ca: " + i + ".pem" : null,
        file ? null : maybe(() -> "-----BEGIN CERTIFICATE-----\nAA==\n"),
        true);
  }

  private Listener clear(int i) {
    Listener.Limits limits =
        random.nextBoolean()
            ? Listener.Limits.NONE
            : new Listener.Limits(random.nextInt(3), random.nextInt(3), random.nextInt(3));
    return new Listener(name("l", i), "[::1]:" + (8000 + i), null, limits);
  }

  private CertificateRef certificate(int i) {
    if (random.nextInt(3) == 0) {
      return new CertificateRef(
          name("c", i), null, null, maybe(() -> 1 + random.nextInt(100)), acme(i));
    }
    return random.nextBoolean()
        ? new CertificateRef(
            name("c", i), "dir with blank/c#" + i + ".pem", "c: " + i + ".key", null)
        : new CertificateRef(name("c", i), null, null, 1 + random.nextInt(100));
  }

  private Pool pool(int i) {
    return new Pool(
        name("p", i),
        members("p" + i),
        new Pool.Bridging(
            1 + random.nextInt(400), 1 + random.nextInt(400), pick(Pool.ProxyProtocol.values())),
        tls(),
        new Pool.SourcePersistence(
            1 + random.nextInt(32),
            1 + random.nextInt(128),
            duration(),
            maybe(() -> name("group", i))),
        pick(Pool.UpstreamConnections.values()),
        maybe(this::health),
        new Pool.Timeouts(duration(), duration(), Duration.ofMillis(100 + random.nextInt(100_000))),
        new Pool.Choice(
            pick(Pool.Balance.values()), random.nextBoolean() ? 0 : random.nextInt(65536)));
  }

  private List<Pool.Member> members(String pool) {
    return some(
        1,
        4,
        i ->
            new Pool.Member(
                "m%d.%s.local".formatted(i, pool),
                maybe(() -> "10.0.%d.7".formatted(random.nextInt(256))),
                1 + random.nextInt(1000),
                maybe(() -> new Pool.Bridging(1 + random.nextInt(400), 4000))));
  }

  private Pool.PoolTls tls() {
    boolean file = random.nextBoolean();
    String bundle =
        pick(
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "  leading\n\ttab and trailing blank \nno end",
            "one line: # not a comment",
            "umlaut \u00e4, snow \u2603, \"quotes\" and 'more'\r\nCRLF\r\n",
            "\n\n");
    return new Pool.PoolTls(
        maybe(() -> "pool.contoso.local"), file ? "ca.pem" : null, file ? null : bundle, version());
  }

  private Pool.HealthCheck health() {
    return new Pool.HealthCheck(
        maybe(() -> "/probe?a=%20#x"),
        100 + random.nextInt(500),
        random.nextInt(65536),
        Duration.ofMillis(1000 + random.nextInt(100_000)),
        some(0, 3, this::probe),
        random.nextBoolean()
            ? Pool.Judgement.DEFAULT
            : new Pool.Judgement(
                1 + random.nextInt(20),
                1 + random.nextInt(20),
                Duration.ofMillis(100 + random.nextInt(50_000)),
                Duration.ofMillis(random.nextInt(3_600_000))));
  }

  private Probe probe(int i) {
    int port = 1 + random.nextInt(65535);
    return switch (random.nextInt(3)) {
      case 0 -> new Probe.Tcp(port);
      case 1 -> new Probe.Tls(port);
      default -> new Probe.Get("/also?" + i, port, random.nextBoolean(), 100 + random.nextInt(500));
    };
  }

  private PublishingRule rule(int i, List<Listener> listeners, String pool) {
    boolean clear = listeners.size() > 1 && random.nextBoolean();
    Action action =
        switch (random.nextInt(3)) {
          case 0 -> new Action.ToPool(pool);
          case 1 -> clear ? new Action.RedirectToHttps() : new Action.Respond(503);
          default -> new Action.Respond(404);
        };
    return new PublishingRule(
        name("r", i),
        clear ? listeners.getLast().name() : "tls",
        List.of("r%d.contoso.com".formatted(i), "*.r%d.net".formatted(i)),
        random.nextBoolean() ? List.of("/") : List.of("/Meet", "/b c/ä"),
        random.nextBoolean() ? List.of() : List.of("/meet/x", "/~"),
        action,
        random.nextBoolean(),
        new PublishingRule.Policy(
            !clear && !(action instanceof Action.ToPool) && random.nextBoolean(),
            random.nextBoolean()
                ? PublishingRule.Upgrade.NONE
                : new PublishingRule.Upgrade(List.of("websocket"), Duration.ofMinutes(5)),
            pick(PublishingRule.ForwardedHeaders.values()),
            random.nextBoolean() ? List.of() : List.of("192.0.2.0/24", "2001:db8::1")),
        random.nextBoolean() ? PublishingRule.Access.OPEN : access());
  }

  private PublishingRule.Access access() {
    return new PublishingRule.Access(
        random.nextBoolean() ? List.of() : List.of("10.0.0.0/8", "2001:db8::/32"),
        random.nextBoolean() ? List.of() : List.of("192.0.2.7"),
        random.nextInt(3),
        random.nextInt(1000));
  }

  private LyncTopology lync(List<Listener> listeners) {
    return new LyncTopology(
        pick(LyncTopology.Version.values()),
        List.of("contoso.com", "fabrikam.com"),
        maybe(() -> webPool("director", 0)),
        some(1, 3, i -> webPool(name("w", i + 3), i + 1)),
        new SimpleUrls(
            random.nextBoolean()
                ? List.of()
                : List.of("meet.contoso.com", "lync.contoso.com/a/Meet"),
            maybe(() -> "lync.contoso.com/Dialin")),
        maybe(() -> webPool("owas", 9)),
        listeners.size() > 1 && random.nextBoolean(),
        maybe(() -> "tls"),
        listeners.size() > 1 ? listeners.getLast().name() : null);
  }

  private WebPool webPool(String name, int i) {
    return new WebPool(
        name,
        "ext%d.contoso.com".formatted(i),
        members(name),
        new Pool.Bridging(4443, 8080),
        tls(),
        random.nextBoolean() ? health() : null,
        i == 9 || random.nextBoolean() ? List.of() : List.of("meet%d.contoso.com".formatted(i)),
        maybe(() -> pick(LyncTopology.Version.values())));
  }

  private String name(String prefix, int i) {
    return random.nextInt(4) == 0 ? TRICKY.get(i) : prefix + i;
  }

  private Duration duration() {
    return Duration.ofMillis(
        switch (random.nextInt(3)) {
          case 0 -> 1000L + random.nextInt(80_000_000);
          case 1 -> 1000L * (1 + random.nextInt(80_000));
          default -> 60_000L * (1 + random.nextInt(1400));
        });
  }

  private TlsVersion version() {
    return pick(TlsVersion.values());
  }

  @SafeVarargs
  private <T> T pick(T... values) {
    return values[random.nextInt(values.length)];
  }

  private <T> @Nullable T maybe(Supplier<T> value) {
    return random.nextBoolean() ? value.get() : null;
  }

  private <T> List<T> some(int least, int most, IntFunction<T> element) {
    List<T> elements = new ArrayList<>();
    int count = least + random.nextInt(most - least + 1);
    for (int i = 0; i < count; i++) {
      elements.add(element.apply(i));
    }
    return elements;
  }
}
