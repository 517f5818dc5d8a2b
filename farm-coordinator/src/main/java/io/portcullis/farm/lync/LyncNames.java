package io.portcullis.farm.lync;

import io.portcullis.farm.model.LyncTopology;
import io.portcullis.farm.model.LyncTopology.WebPool;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The names of a topology: those its certificate carries, and the records that lead clients to it.
public final class LyncNames {
  private LyncNames() {}

  /// Subject alternative names in the order of "Request and configure a certificate for your reverse HTTP proxy in Lync
  /// Server 2013": the first is the subject's name too.
  public static List<String> certificate(LyncTopology lync) {
    Set<String> names = new LinkedHashSet<>();
    lync.pools().forEach(pool -> names.add(fold(pool.externalFqdn())));
    WebPool director = lync.director();
    if (director != null) {
      names.add(fold(director.externalFqdn()));
    }
    names.addAll(simpleUrlHosts(lync));
    WebPool office = lync.officeWebApps();
    if (office != null) {
      names.add(fold(office.externalFqdn()));
    }
    lync.sipDomains().forEach(domain -> names.add("lyncdiscover." + fold(domain)));
    return List.copyOf(names);
  }

  /// One DNS record.
  ///
  /// @param internal for the internal DNS, not the one the Internet asks
  /// @param alias where an internal record leads, a name in the pool; null = an address of the farm
  /// @param why one sentence
  public record DnsName(
      String name, String zone, boolean internal, @Nullable String alias, String why) {}

  /// "DNS summary - Reverse proxy in Lync Server 2013"; internal ones by "Technical requirements for mobility".
  public static List<DnsName> dns(LyncTopology lync) {
    List<DnsName> records = new ArrayList<>();
    for (WebPool pool : lync.webPools()) {
      add(records, lync, pool.externalFqdn(), false, null, "web services of " + pool.name());
    }
    simpleUrlHosts(lync).forEach(host -> add(records, lync, host, false, null, "simple URLs"));
    lync.sipDomains()
        .forEach(domain ->
            add(records, lync, "lyncdiscover." + domain, false, null, "clients find their pool"));
    WebPool director = lync.director();
    WebPool first = director == null ? lync.pools().getFirst() : director;
    for (WebPool pool : lync.webPools()) {
      add(
          records,
          lync,
          pool.externalFqdn(),
          true,
          null,
          "phones on the inside use the external name too");
    }
    lync.sipDomains()
        .forEach(domain ->
            add(
                records,
                lync,
                "lyncdiscoverinternal." + domain,
                true,
                inside(first),
                "discovery on the inside, never in public DNS"));
    simpleUrlHosts(lync)
        .forEach(
            host -> add(records, lync, host, true, inside(first), "simple URLs on the inside"));
    return List.copyOf(records);
  }

  private static void add(
      List<DnsName> records,
      LyncTopology lync,
      String name,
      boolean internal,
      @Nullable String alias,
      String why) {
    String folded = fold(name);
    boolean known =
        records.stream().anyMatch(r -> r.internal() == internal && r.name().equals(folded));
    if (!known) {
      records.add(new DnsName(folded, zone(lync, folded), internal, alias, why));
    }
  }

  /// The internal name of a pool: the one in its certificate, else its first member.
  private static String inside(WebPool pool) {
    String named = pool.tls() == null ? null : pool.tls().serverName();
    return fold(named == null ? pool.members().getFirst().host() : named);
  }

  /// The longest SIP domain that the name is in; else the name without its first label.
  private static String zone(LyncTopology lync, String name) {
    String best = "";
    for (String domain : lync.sipDomains()) {
      String zone = fold(domain);
      best = name.endsWith("." + zone) && zone.length() > best.length() ? zone : best;
    }
    return best.isEmpty() ? name.substring(name.indexOf('.') + 1) : best;
  }

  private static List<String> simpleUrlHosts(LyncTopology lync) {
    Set<String> hosts = new LinkedHashSet<>();
    lync.simpleUrls().meet().forEach(url -> hosts.add(host(url)));
    lync.webPools().forEach(pool -> pool.meet().forEach(url -> hosts.add(host(url))));
    String dialin = lync.simpleUrls().dialin();
    if (dialin != null) {
      hosts.add(host(dialin));
    }
    return List.copyOf(hosts);
  }

  private static String host(String url) {
    int slash = url.indexOf('/');
    return fold(slash < 0 ? url : url.substring(0, slash));
  }

  private static String fold(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
