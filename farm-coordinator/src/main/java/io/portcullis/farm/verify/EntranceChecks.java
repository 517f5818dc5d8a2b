package io.portcullis.farm.verify;

import io.portcullis.farm.model.LyncTopology;
import io.portcullis.farm.model.LyncTopology.WebPool;
import io.portcullis.farm.model.PublishingRule;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Everything that a client outside does, through one entrance: "Verify access through your reverse proxy", and more.
final class EntranceChecks {
  private final Plan plan;
  private final Plan.Entrance entrance;
  private final Consumer<Finding> out;
  private final LyncTopology lync;
  private final Asking asking;

  EntranceChecks(Plan plan, Plan.Entrance entrance, Consumer<Finding> out)
      throws GeneralSecurityException {
    this.plan = plan;
    this.entrance = entrance;
    this.out = out;
    this.lync = plan.lync();
    this.asking = new Asking(plan, entrance, published(), out);
  }

  void run() {
    if (!reached()) {
      return;
    }
    certificates();
    for (WebPool pool : lync.pools()) {
      new WebServiceChecks(plan, asking, pool, false).run();
    }
    WebPool director = lync.director();
    if (director != null) {
      new WebServiceChecks(plan, asking, director, true).run();
    }
    new DiscoveryChecks(plan, asking).run();
    new HiddenNames(plan, asking, out).run();
    simpleUrls();
    office();
    held();
  }

  /// Hosts that this farm publishes over TLS.
  private Set<String> published() {
    Set<String> names = new TreeSet<>();
    plan.expanded().rules().stream()
        .filter(rule -> rule.action() instanceof PublishingRule.Action.ToPool)
        .forEach(rule -> names.addAll(rule.publicNames()));
    return names;
  }

  private boolean reached() {
    try {
      InetAddress address = InetAddress.getByName(entrance.address());
      Line.open(
              Line.To.clear(address, entrance.https(), false, plan.patience()),
              plan.clock().instant())
          .close();
      return true;
    } catch (UnknownHostException e) {
      fail(Diagnosis.ENTRANCE_REFUSED, "no address for " + entrance.address());
    } catch (Trouble e) {
      fail(e.diagnosis(), e.detail());
    }
    return false;
  }

  private void fail(Diagnosis what, String detail) {
    out.accept(
        Finding.failed(
            "V2", entrance.name(), entrance.address() + ":" + entrance.https(), "", what, detail));
  }

  /// V2: with each name as SNI; and without SNI, as phones and probes come.
  private void certificates() {
    Map<String, String> names = new LinkedHashMap<>();
    plan.expanded().rules().stream()
        .filter(rule -> rule.action() instanceof PublishingRule.Action.ToPool)
        .filter(rule ->
            plan.expanded().listeners().stream()
                .anyMatch(l -> l.name().equals(rule.listener()) && l.isTls()))
        .forEach(rule -> rule.publicNames().forEach(name -> names.put(name, rule.name())));
    String first = lync.pools().getFirst().externalFqdn().toLowerCase(Locale.ROOT);
    names.keySet().stream()
        .filter(name -> name.indexOf('*') < 0)
        .forEach(name -> asking.certificate(name, name));
    asking.certificate(first, null);
  }

  /// V7 and V8: the simple URLs where people click them.
  private void simpleUrls() {
    WebPool director = lync.director();
    String first = director == null ? lync.pools().getFirst().name() : director.name();
    lync.simpleUrls().meet().forEach(url -> asking.page("V7", url, first));
    String dialin = lync.simpleUrls().dialin();
    if (dialin != null) {
      asking.page("V8", dialin, first);
    }
    lync.webPools()
        .forEach(pool -> pool.meet().forEach(url -> asking.page("V7", url, pool.name())));
  }

  private void office() {
    WebPool office = lync.officeWebApps();
    if (office == null) {
      return;
    }
    asking.check(
        "V15",
        office.externalFqdn(),
        LyncTopology.OFFICE_DISCOVERY,
        office.name(),
        reply -> {
          Diagnosis wrong = Contents.wrongRoot(reply, true);
          if (wrong != null) {
            return wrong;
          }
          boolean own =
              Contents.officeHosts(reply).stream()
                  .allMatch(host -> host.equalsIgnoreCase(office.externalFqdn()));
          return own ? null : Diagnosis.OFFICE_LINKS_INTERNAL;
        });
  }

  /// V18: a request that is answered late survives everything on its way.
  private void held() {
    String path = plan.heldPath();
    WebPool pool = lync.pools().getFirst();
    if (path == null) {
      out.accept(
          Finding.skipped(
              "V18",
              entrance.name(),
              "held requests",
              "give --held PATH, one that answers late, to see them survive"));
      return;
    }
    String subject = "https://" + pool.externalFqdn() + path;
    try (Line line = asking.line(pool.externalFqdn())) {
      line.patience(asking.heldPatience());
      Reply reply = line.ask("GET", path, pool.externalFqdn());
      if (reply.status() == 200) {
        out.accept(Finding.ok("V18", entrance.name(), subject, pool.name(), "answered late"));
      } else if (reply.status() == 502 || reply.status() == 504) {
        out.accept(cut(subject, pool, Contents.summary(reply)));
      } else {
        out.accept(
            Finding.failed(
                "V18",
                entrance.name(),
                subject,
                pool.name(),
                reply.fromNode() ? Diagnosis.GATEWAY : Asking.usual(reply),
                Contents.summary(reply)));
      }
    } catch (IOException e) {
      out.accept(cut(subject, pool, String.valueOf(e.getMessage())));
    } catch (Trouble e) {
      out.accept(
          Finding.failed("V18", entrance.name(), subject, pool.name(), e.diagnosis(), e.detail()));
    }
  }

  private Finding cut(String subject, WebPool pool, String detail) {
    return Finding.failed("V18", entrance.name(), subject, pool.name(), Diagnosis.IDLE_CUT, detail);
  }
}
