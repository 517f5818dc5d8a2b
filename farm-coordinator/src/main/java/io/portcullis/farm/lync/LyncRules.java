package io.portcullis.farm.lync;

import io.portcullis.farm.lync.LyncExpansion.Reason;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Listener;
import io.portcullis.farm.model.LyncTopology;
import io.portcullis.farm.model.LyncTopology.Version;
import io.portcullis.farm.model.LyncTopology.WebPool;
import io.portcullis.farm.model.PublishingRule;
import io.portcullis.farm.model.PublishingRule.Action;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The publishing rules of a topology, in the order of Microsoft's instructions: HTTP discovery first, then the pool that
/// takes first contact with discovery and simple URLs, then every other pool, Office Web Apps, and the way to https.
final class LyncRules {
  /// Directories of the internal web site only; refused here even if a pool answers them by mistake.
  static final List<String> DENY = List.of("/cscp", "/ocspowershell", "/admin");

  private static final String RULES =
      "Configure web publishing rules for a single internal pool in Lync Server 2013";
  private static final String MOBILITY =
      "Configuring the reverse proxy for mobility in Lync Server 2013";
  private static final String DISCOVERY = "Autodiscover service requirements for Lync Server 2013";
  private static final String URLS = "Planning for simple URLs in Lync Server 2013";
  private static final String OFFICE =
      "Publishing an Office Web Apps Server using a reverse proxy server";
  private static final String PORTS = "Port summary - Reverse proxy in Lync Server 2013";

  private final FarmConfig config;
  private final LyncTopology lync;
  private final String https;
  private final @Nullable String http;

  /// The Director, or the first pool, which then sends each user on to the home pool.
  private final WebPool first;

  private final List<PublishingRule> rules = new ArrayList<>();
  private final List<Reason> reasons = new ArrayList<>();

  private LyncRules(FarmConfig config, LyncTopology lync) {
    if (lync.pools().isEmpty()) {
      throw new IllegalArgumentException("a Lync topology without pools: lync.pools is empty");
    }
    this.config = config;
    this.lync = lync;
    this.first = lync.director() == null ? lync.pools().getFirst() : lync.director();
    String tls = listener(lync.listenerHttps(), true);
    if (tls == null) {
      throw new IllegalArgumentException("not exactly one TLS listener, and no lync.listenerHttps");
    }
    this.https = tls;
    this.http = listener(lync.listenerHttp(), false);
  }

  static LyncRules of(FarmConfig config, LyncTopology lync) {
    LyncRules rules = new LyncRules(config, lync);
    rules.generate();
    return rules;
  }

  List<PublishingRule> rules() {
    return rules;
  }

  List<Reason> reasons() {
    return reasons;
  }

  private void generate() {
    httpDiscovery();
    web(first);
    discovery();
    simpleUrls("simple-meet", lync.simpleUrls().meet(), "Meeting links open the join page");
    String dialin = lync.simpleUrls().dialin();
    simpleUrls(
        "simple-dialin",
        dialin == null ? List.of() : List.of(dialin),
        "Dial-in numbers and PIN settings");
    lync.webPools().forEach(this::siteMeet);
    lync.pools().stream().filter(pool -> !pool.equals(first)).forEach(this::web);
    office();
    redirect();
  }

  private @Nullable String listener(@Nullable String name, boolean tls) {
    if (name != null) {
      return name;
    }
    List<Listener> fitting = config.listeners().stream().filter(l -> l.isTls() == tls).toList();
    return fitting.size() == 1 ? fitting.getFirst().name() : null;
  }

  private void httpDiscovery() {
    if (lync.httpAutodiscover() && http != null) {
      PublishingRule rule =
          new PublishingRule(
              "lyncdiscover-http",
              http,
              discoverNames(),
              List.of("/"),
              DENY,
              new Action.ToPool(first.name()),
              true);
      add(
          rule,
          "Discovery over HTTP must be forwarded, not redirected: names of further SIP domains are in no"
              + " certificate; it goes to port %d and carries no credentials"
                  .formatted(first.bridging().http()),
          DISCOVERY);
    }
  }

  private void web(WebPool pool) {
    boolean director = pool.equals(lync.director());
    String why =
        director
            ? "Web services of the Director, which answers first and sends users on to their pools"
            : "All web services of pool %s: clients are sent to this name by their home pool%s"
                .formatted(pool.name(), cookies(pool));
    publish(
        pool.name() + "-web", List.of(fold(pool.externalFqdn())), List.of("/"), pool, why, RULES);
  }

  /// Lync 2010 asks for cookie persistence at the pool's own load balancer, and keeps it while it stays beside newer pools.
  private String cookies(WebPool pool) {
    Version version = pool.version() == null ? lync.version() : pool.version();
    return version == Version.LYNC_2010
        ? "; MS-WSMAN cookies of a load balancer before Lync 2010 pass untouched"
        : "";
  }

  private void discovery() {
    publish(
        "lyncdiscover-https",
        discoverNames(),
        List.of("/"),
        first,
        "Mobile and desktop clients find their pool by lyncdiscover, one name per SIP domain",
        MOBILITY);
  }

  private void simpleUrls(String name, List<String> urls, String what) {
    int number = 0;
    for (SimpleUrlRules group : SimpleUrlRules.of(urls)) {
      number++;
      publish(
          number == 1 ? name : name + "-" + number,
          group.hosts(),
          group.paths(),
          first,
          "%s on pool %s, which leads each user to the home pool".formatted(what, first.name()),
          URLS);
    }
  }

  /// Meet URLs of one site: its pool answers them itself, wherever first contact goes.
  private void siteMeet(WebPool pool) {
    int number = 0;
    for (SimpleUrlRules group : SimpleUrlRules.of(pool.meet())) {
      number++;
      publish(
          pool.name() + (number == 1 ? "-meet" : "-meet-" + number),
          group.hosts(),
          group.paths(),
          pool,
          "Meeting links of the site of pool %s, which answers them itself".formatted(pool.name()),
          URLS);
    }
  }

  private void office() {
    WebPool office = lync.officeWebApps();
    if (office != null) {
      PublishingRule rule =
          new PublishingRule(
              office.name(),
              https,
              List.of(fold(office.externalFqdn())),
              List.of("/"),
              List.of(),
              new Action.ToPool(office.name()),
              false);
      add(rule, "Presentations are shown by Office Web Apps, a farm with ports of its own", OFFICE);
    }
  }

  /// Every name published over TLS that the clear listener does not serve otherwise.
  private void redirect() {
    if (http == null) {
      return;
    }
    Set<String> names = new LinkedHashSet<>();
    rules.stream()
        .filter(rule -> rule.listener().equals(https))
        .forEach(rule -> names.addAll(rule.publicNames()));
    rules.stream()
        .filter(rule -> rule.listener().equals(http))
        .forEach(rule -> names.removeAll(rule.publicNames()));
    config.rules().stream()
        .filter(rule -> rule.listener().equals(http))
        .flatMap(rule -> rule.publicNames().stream())
        .forEach(name -> names.remove(fold(name)));
    if (!names.isEmpty()) {
      PublishingRule rule =
          new PublishingRule(
              "http-redirect",
              http,
              List.copyOf(names),
              List.of("/"),
              List.of(),
              new Action.RedirectToHttps(),
              false);
      add(rule, "People who type http:// are led to https", PORTS);
    }
  }

  /// A name that another rule has with the same path stays with that rule: simple URLs may be the web services' own name.
  private void publish(
      String name,
      List<String> names,
      List<String> paths,
      WebPool pool,
      String why,
      String source) {
    List<String> free =
        names.stream().filter(n -> paths.stream().anyMatch(p -> !taken(n, p, pool))).toList();
    if (!free.isEmpty()) {
      List<String> deny = paths.contains("/") ? DENY : List.of();
      PublishingRule rule =
          new PublishingRule(name, https, free, paths, deny, new Action.ToPool(pool.name()), false);
      add(rule, why, source);
    }
  }

  private boolean taken(String name, String path, WebPool pool) {
    return rules.stream()
        .anyMatch(rule ->
            rule.listener().equals(https)
                && rule.action().equals(new Action.ToPool(pool.name()))
                && rule.publicNames().contains(name)
                && rule.paths().contains(path));
  }

  private void add(PublishingRule rule, String why, String source) {
    rules.add(rule);
    reasons.add(new Reason(rule.name(), why, source));
  }

  private List<String> discoverNames() {
    return lync.sipDomains().stream().map(domain -> "lyncdiscover." + fold(domain)).toList();
  }

  private static String fold(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
