package io.portcullis.farm.model;

import io.portcullis.farm.model.LyncTopology.WebPool;
import io.portcullis.farm.model.Origin.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A Lync topology: names that must be unique, simple URLs, and the listeners its rules go on.
final class LyncChecks {
  private final FarmConfig config;
  private final LyncTopology lync;
  private final Origin origin;
  private final Findings findings;

  LyncChecks(FarmConfig config, LyncTopology lync, Origin origin, Findings findings) {
    this.config = config;
    this.lync = lync;
    this.origin = origin;
    this.findings = findings;
  }

  void run() {
    domains();
    pools();
    simpleUrls();
    new LyncAdvice(lync, findings).run();
    Listener https = listener("listenerHttps", lync.listenerHttps(), true);
    Listener http = listener("listenerHttp", lync.listenerHttp(), false);
    if (https != null) {
      for (PoolView pool : PoolView.ofLync(lync)) {
        reached(pool, true, "is published on listener \"%s\"".formatted(https.name()));
        if (pool.tls() == null) {
          RuleChecks.missingTls(pool, "its web services go over TLS", findings);
        }
      }
    }
    List<PoolView> pools = PoolView.ofLync(lync);
    if (lync.httpAutodiscover() && http != null && !pools.isEmpty()) {
      reached(pools.getFirst(), false, "answers HTTP autodiscover");
    }
  }

  private void domains() {
    if (lync.sipDomains().isEmpty()) {
      findings.error(
          "lync.sipDomains",
          "a topology has at least one SIP domain",
          "add sipDomains: [contoso.com]");
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < lync.sipDomains().size(); i++) {
      String domain = lync.sipDomains().get(i);
      String path = "lync.sipDomains[" + i + "]";
      if (!Names.isDnsName(domain) || domain.indexOf('_') >= 0) {
        findings.error(
            path, "\"%s\" is not a domain".formatted(domain), "write it as in contoso.com");
      } else if (!seen.add(Names.canonicalName(domain))) {
        findings.error(path, "\"%s\" is given twice".formatted(domain), "remove one");
      }
    }
  }

  private void pools() {
    if (lync.pools().isEmpty()) {
      findings.error(
          "lync.pools",
          "a topology has at least one Front End pool or Standard Edition server",
          "add pools: [{name: pool01, externalFqdn: ..., members: [...]}]");
    }
    Map<String, String> names = new HashMap<>();
    Map<String, String> fqdns = new HashMap<>();
    List<PoolView> views = PoolView.ofLync(lync);
    List<WebPool> pools = lync.webPools();
    for (int i = 0; i < pools.size(); i++) {
      WebPool pool = pools.get(i);
      String path = views.get(i).path();
      if (pool.name().isEmpty() || pool.externalFqdn().isEmpty()) {
        continue;
      }
      if (!Names.isElementName(pool.name())) {
        findings.error(
            path + ".name", "\"%s\" is not a name".formatted(pool.name()), FarmValidator.NAME_HINT);
      }
      String twin = names.putIfAbsent(pool.name(), path);
      boolean given = config.pools().stream().anyMatch(p -> p.name().equals(pool.name()));
      if (twin != null || given) {
        findings.error(
            path + ".name",
            "pool \"%s\" is there already, as %s"
                .formatted(pool.name(), twin == null ? "one of pools" : twin),
            "give each pool a name of its own");
      }
      fqdn(path + ".externalFqdn", pool, fqdns);
    }
  }

  private void fqdn(String path, WebPool pool, Map<String, String> fqdns) {
    String fqdn = Names.canonicalName(pool.externalFqdn());
    if (!Names.isDnsName(fqdn) || fqdn.indexOf('_') >= 0) {
      findings.error(
          path,
          "\"%s\" is not a host name".formatted(pool.externalFqdn()),
          "write the external web services FQDN of Topology Builder, without scheme and port");
      return;
    }
    String twin = fqdns.putIfAbsent(fqdn, path);
    if (twin != null) {
      findings.error(
          path,
          "\"%s\" is also %s".formatted(pool.externalFqdn(), twin),
          "the external web services FQDN must be unique per pool: clients of one would reach the other");
    }
  }

  private void simpleUrls() {
    List<String> meet = lync.simpleUrls().meet();
    if (meet.isEmpty() && lync.pools().stream().allMatch(pool -> pool.meet().isEmpty())) {
      findings.warning(
          "lync.simpleUrls.meet",
          "no meet URL: nobody outside can join a meeting by its link",
          "add simpleUrls: {meet: [meet.contoso.com], dialin: dialin.contoso.com}");
    }
    Map<String, String> seen = new HashMap<>();
    for (int i = 0; i < meet.size(); i++) {
      simpleUrl("lync.simpleUrls.meet[" + i + "]", meet.get(i), seen);
    }
    if (lync.simpleUrls().dialin() != null) {
      simpleUrl("lync.simpleUrls.dialin", lync.simpleUrls().dialin(), seen);
    }
    List<PoolView> views = PoolView.ofLync(lync);
    List<WebPool> pools = lync.webPools();
    for (int i = 0; i < pools.size(); i++) {
      for (int j = 0; j < pools.get(i).meet().size(); j++) {
        simpleUrl(views.get(i).path() + ".meet[" + j + "]", pools.get(i).meet().get(j), seen);
      }
    }
    WebPool office = lync.officeWebApps();
    if (office != null && !office.meet().isEmpty()) {
      findings.error(
          "lync.officeWebApps.meet",
          "Office Web Apps answers no meeting links",
          "move them to simpleUrls.meet, or to the pool of their site");
    }
  }

  private void simpleUrl(String path, String url, Map<String, String> seen) {
    int slash = url.indexOf('/');
    String host = slash < 0 ? url : url.substring(0, slash);
    String below = slash < 0 ? "/" : url.substring(slash);
    boolean well = Names.isDnsName(host) && host.indexOf('_') < 0 && Names.pathHint(below) == null;
    if (!well) {
      findings.error(
          path,
          "\"%s\" is not a simple URL".formatted(url),
          url.contains("://")
              ? "leave the scheme away: " + url.substring(url.indexOf("://") + 3)
              : "write a host or host/path: meet.contoso.com, lync.contoso.com/Meet");
      return;
    }
    String key = Names.canonicalName(host) + Names.canonicalPath(below);
    String twin = seen.putIfAbsent(key, path);
    if (twin != null) {
      findings.error(path, "\"%s\" is also %s".formatted(url, twin), "give each simple URL once");
    }
  }

  /// The listener named, or the only one of its kind; null if there is none to be had.
  private @Nullable Listener listener(String key, @Nullable String name, boolean tls) {
    String path = "lync." + key;
    String kind = tls ? "with tls" : "without tls";
    boolean needed = tls || lync.httpAutodiscover();
    if (name != null) {
      Listener named =
          config.listeners().stream().filter(l -> l.name().equals(name)).findFirst().orElse(null);
      if (named == null && !origin.unread(Kind.LISTENER, name)) {
        findings.error(path, "there is no listener \"%s\"".formatted(name), "name one " + kind);
      } else if (named != null && named.isTls() != tls) {
        findings.error(
            path, "listener \"%s\" is not one %s".formatted(name, kind), "name one " + kind);
        return null;
      }
      return named;
    }
    List<Listener> fitting = config.listeners().stream().filter(l -> l.isTls() == tls).toList();
    if (origin.unread(Kind.LISTENER, "") || !origin.complete() && fitting.isEmpty()) {
      return null;
    }
    boolean unsure = !tls && config.listeners().stream().noneMatch(Listener::isTls);
    if (fitting.isEmpty() && needed) {
      findings.error(
          path,
          tls
              ? "no listener has tls, and Lync web services go over nothing else"
              : "HTTP autodiscover needs a listener without tls, and there is none",
          tls
              ? "add a listener with tls: {certificates: [...]}"
              : "add {name: http, bind: \"0.0.0.0:80\"} to listeners, or httpAutodiscover: false");
    } else if (fitting.size() > 1 && needed && !unsure) {
      findings.error(
          path,
          "there are %d listeners %s".formatted(fitting.size(), kind),
          "add %s: one of %s"
              .formatted(key, String.join(", ", fitting.stream().map(Listener::name).toList())));
    }
    return fitting.size() == 1 ? fitting.getFirst() : null;
  }

  private void reached(PoolView pool, boolean tls, String reason) {
    for (int i = 0; i < pool.members().size(); i++) {
      Pool.Bridging bridging = pool.bridgingOf(pool.members().get(i));
      if ((tls ? bridging.https() : bridging.http()) == 0) {
        String holder = pool.members().get(i).bridging() == null ? pool.path() : pool.memberPath(i);
        findings.error(
            holder + ".bridging." + (tls ? "https" : "http"),
            "no port, but pool \"%s\" %s".formatted(pool.name(), reason),
            tls
                ? "the external web site listens on 4443"
                : "the external web site listens on 8080");
      }
    }
  }
}
