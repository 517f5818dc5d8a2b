package io.portcullis.farm.model;

import io.portcullis.farm.model.LyncTopology.WebPool;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What is allowed and will trouble somebody: ports of the other web site, simple URLs that Topology Builder would not take.
final class LyncAdvice {
  private static final int HTTPS = 443;
  private static final int HTTP = 80;

  private final LyncTopology lync;
  private final Findings findings;

  LyncAdvice(LyncTopology lync, Findings findings) {
    this.lync = lync;
    this.findings = findings;
  }

  private record SimpleUrl(String path, String text) {
    /// Host and path as they are compared, without a slash at the end.
    String folded() {
      String lower = text.toLowerCase(Locale.ROOT);
      return lower.endsWith("/") ? lower.substring(0, lower.length() - 1) : lower;
    }
  }

  void run() {
    List<PoolView> pools = PoolView.ofLync(lync);
    for (PoolView pool : pools) {
      if (!pool.path().equals("lync.officeWebApps")) {
        ports(pool);
      }
    }
    List<SimpleUrl> urls = simpleUrls(pools);
    urls.forEach(this::characters);
    prefixes(urls);
    domains(urls);
  }

  /// "Configure web publishing rules for a single internal pool": 4443 and 8080 are how IIS tells external users from internal ones.
  private void ports(PoolView pool) {
    for (int i = 0; i < pool.members().size(); i++) {
      Pool.Bridging own = pool.members().get(i).bridging();
      if (own != null || i == 0) {
        ports(
            own == null ? pool.path() : pool.memberPath(i), pool.bridgingOf(pool.members().get(i)));
      }
    }
  }

  private void ports(String path, Pool.Bridging bridging) {
    if (bridging.https() == HTTPS) {
      findings.warning(
          path + ".bridging.https",
          "443 is the internal web site of a Front End: users outside would be told they are inside",
          "4443, unless Topology Builder says that the external web site listens on 443");
    }
    if (bridging.http() == HTTP) {
      findings.warning(
          path + ".bridging.http",
          "80 is the internal web site of a Front End",
          "8080, unless Topology Builder says that the external web site listens on 80");
    }
  }

  private List<SimpleUrl> simpleUrls(List<PoolView> views) {
    List<SimpleUrl> urls = new ArrayList<>();
    List<String> meet = lync.simpleUrls().meet();
    for (int i = 0; i < meet.size(); i++) {
      urls.add(new SimpleUrl("lync.simpleUrls.meet[" + i + "]", meet.get(i)));
    }
    String dialin = lync.simpleUrls().dialin();
    if (dialin != null) {
      urls.add(new SimpleUrl("lync.simpleUrls.dialin", dialin));
    }
    List<WebPool> pools = lync.webPools();
    for (int i = 0; i < pools.size(); i++) {
      for (int j = 0; j < pools.get(i).meet().size(); j++) {
        urls.add(
            new SimpleUrl(views.get(i).path() + ".meet[" + j + "]", pools.get(i).meet().get(j)));
      }
    }
    return urls;
  }

  /// "Planning for simple URLs": letters, digits and the period.
  private void characters(SimpleUrl url) {
    if (!url.text().matches("[A-Za-z0-9./]*")) {
      findings.warning(
          url.path(),
          "\"%s\" has characters that simple URLs may not have".formatted(url.text()),
          "letters, digits and dots only: Topology Builder takes nothing else");
    }
  }

  /// The same topic: no simple URL may begin with another one.
  private void prefixes(List<SimpleUrl> urls) {
    for (SimpleUrl longer : urls) {
      for (SimpleUrl shorter : urls) {
        boolean begins = longer.folded().startsWith(shorter.folded() + "/");
        if (begins) {
          findings.warning(
              longer.path(),
              "\"%s\" begins with another simple URL, \"%s\""
                  .formatted(longer.text(), shorter.text()),
              "give each a host or a path of its own: meetings and dial-in pages would be mistaken for one another");
        }
      }
    }
  }

  /// The same topic: one meet URL for each SIP domain.
  private void domains(List<SimpleUrl> urls) {
    List<String> meet =
        urls.stream()
            .filter(url -> !url.path().equals("lync.simpleUrls.dialin"))
            .map(SimpleUrl::folded)
            .toList();
    for (int i = 0; i < lync.sipDomains().size() && !meet.isEmpty(); i++) {
      String domain = lync.sipDomains().get(i).toLowerCase(Locale.ROOT);
      boolean named =
          meet.stream()
              .anyMatch(url -> {
                String host = url.split("/", 2)[0];
                return host.equals(domain)
                    || host.endsWith("." + domain)
                    || url.contains("/" + domain + "/");
              });
      if (!named) {
        findings.warning(
            "lync.sipDomains[" + i + "]",
            "no meet URL is for \"%s\": links to meetings of its users lead nowhere here"
                .formatted(domain),
            "add meet.%s or a shared host with /%s/Meet to simpleUrls.meet"
                .formatted(domain, domain));
      }
    }
  }
}
