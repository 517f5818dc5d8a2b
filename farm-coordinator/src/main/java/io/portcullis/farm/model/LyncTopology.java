package io.portcullis.farm.model;

import io.portcullis.farm.model.Pool.HealthCheck;
import io.portcullis.farm.model.Pool.PoolTls;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A Lync or Skype for Business topology in the words of Topology Builder.
///
/// @param listenerHttps name of the TLS listener the rules go on; null = the only one
/// @param listenerHttp name of the clear listener the rules go on; null = the only one, if any
/// @param httpAutodiscover whether lyncdiscover answers on port 80 too, for SIP domains that no certificate names
public record LyncTopology(
    Version version,
    List<String> sipDomains,
    @Nullable WebPool director,
    List<WebPool> pools,
    SimpleUrls simpleUrls,
    @Nullable WebPool officeWebApps,
    boolean httpAutodiscover,
    @Nullable String listenerHttps,
    @Nullable String listenerHttp) {

  /// Must answer 200 on a Front End or Director that is well, if asked without an Accept header: the probe
  /// of the disaster recovery design in "DNS requirements for simple URLs in Lync Server 2013".
  public static final String DISCOVERY_ROOT = "/autodiscover/autodiscoverservice.svc/root";

  /// Must answer 200 on an Office Web Apps server that is well.
  public static final String OFFICE_DISCOVERY = "/hosting/discovery";

  /// Ports of the external web site of Front Ends and Directors; 443 and 80 are the internal one
  /// ("Configure web publishing rules for a single internal pool").
  public static final Pool.Bridging EXTERNAL_SITE = new Pool.Bridging(4443, 8080);

  public LyncTopology {
    sipDomains = List.copyOf(sipDomains);
    pools = List.copyOf(pools);
  }

  /// Every pool of the topology: the Director first, then the Front Ends, then Office Web Apps.
  public List<WebPool> webPools() {
    List<WebPool> all = new ArrayList<>(pools);
    if (director != null) {
      all.addFirst(director);
    }
    if (officeWebApps != null) {
      all.addLast(officeWebApps);
    }
    return all;
  }

  public enum Version {
    LYNC_2010("2010"),
    LYNC_2013("2013"),
    SFB_2015("sfb2015"),
    SFB_2019("sfb2019"),
    SFB_SE("sfbse");

    private final String word;

    Version(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /// A pool of Front Ends, Directors or Office Web Apps servers as Topology Builder knows it.
  ///
  /// @param externalFqdn the external web services name, unique per pool
  /// @param tls trust bundle and the name in the members' certificate; null serverName = each member's host
  /// @param meet site-scoped meet URLs, whose meetings this pool answers itself; host or host/path
  /// @param version of this pool where it is not the topology's; null = the topology's
  public record WebPool(
      String name,
      String externalFqdn,
      List<Pool.Member> members,
      Pool.Bridging bridging,
      @Nullable PoolTls tls,
      @Nullable HealthCheck health,
      List<String> meet,
      @Nullable Version version) {
    public WebPool {
      members = List.copyOf(members);
      meet = List.copyOf(meet);
    }

    public WebPool withTls(@Nullable PoolTls other) {
      return new WebPool(name, externalFqdn, members, bridging, other, health, meet, version);
    }
  }

  /// Hosts (optionally with a path prefix, `lync.contoso.com/Meet`) of the simple URLs.
  public record SimpleUrls(List<String> meet, @Nullable String dialin) {
    public SimpleUrls {
      meet = List.copyOf(meet);
    }
  }
}
