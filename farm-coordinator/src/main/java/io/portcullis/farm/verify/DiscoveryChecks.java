package io.portcullis.farm.verify;

import io.portcullis.farm.model.LyncTopology;
import io.portcullis.farm.model.LyncTopology.WebPool;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// V9 and V10: discovery over TLS in both notations, and in clear where it was chosen.
final class DiscoveryChecks {
  private final LyncTopology lync;
  private final Asking asking;
  private final String first;

  DiscoveryChecks(Plan plan, Asking asking) {
    this.lync = plan.lync();
    this.asking = asking;
    WebPool director = lync.director();
    this.first = director == null ? lync.pools().getFirst().name() : director.name();
  }

  void run() {
    for (String domain : lync.sipDomains()) {
      String host = "lyncdiscover." + domain.toLowerCase(Locale.ROOT);
      asking.check("V9", host, "/", first, this::document);
      asking.check("V9", host, "/", first, this::document, "Accept", "application/json");
      if (lync.httpAutodiscover() && asking.hasClearPort()) {
        asking.checkClear("V10", host, "/?sipuri=verify@" + domain, first, this::inClear);
      }
    }
    for (WebPool pool : asking.hasClearPort() ? lync.webPools() : List.<WebPool>of()) {
      asking.checkClear("V10", pool.externalFqdn(), "/", pool.name(), this::toHttps);
    }
  }

  private @Nullable Diagnosis document(Reply reply) {
    if (reply.status() != 200) {
      return reply.status() == 404 ? Diagnosis.HOST_LOST : Asking.usual(reply);
    }
    if (Contents.isInternal(reply)) {
      return Diagnosis.INTERNAL_SITE;
    }
    List<String> hosts = Contents.linkedHosts(reply);
    if (hosts.isEmpty()) {
      return Diagnosis.UNEXPECTED;
    }
    return hosts.stream().allMatch(asking::publishes) ? null : Diagnosis.UNPUBLISHED_LINK;
  }

  private @Nullable Diagnosis inClear(Reply reply) {
    return reply.status() >= 300 && reply.status() < 400
        ? Diagnosis.DISCOVERY_REDIRECTED
        : document(reply);
  }

  /// People who type http:// are led to https; nothing else is served in clear.
  private @Nullable Diagnosis toHttps(Reply reply) {
    String location = reply.first("Location");
    boolean led = reply.status() == 301 && location != null && location.startsWith("https://");
    return led ? null : Diagnosis.UNEXPECTED;
  }
}
