package io.portcullis.farm.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A named set of members that serve the same thing.
///
/// @param tls absent only if no rule reaches this pool over TLS
/// @param health absent means a TCP connection to the bridged port is check enough
public record Pool(
    String name,
    List<Member> members,
    Bridging bridging,
    @Nullable PoolTls tls,
    SourcePersistence persistence,
    UpstreamConnections upstreamConnections,
    @Nullable HealthCheck health,
    Timeouts timeouts,
    Choice choice) {

  public Pool {
    members = List.copyOf(members);
  }

  /// Members chosen as by default.
  public Pool(
      String name,
      List<Member> members,
      Bridging bridging,
      @Nullable PoolTls tls,
      SourcePersistence persistence,
      UpstreamConnections upstreamConnections,
      @Nullable HealthCheck health,
      Timeouts timeouts) {
    this(
        name,
        members,
        bridging,
        tls,
        persistence,
        upstreamConnections,
        health,
        timeouts,
        Choice.DEFAULT);
  }

  public Pool withTls(@Nullable PoolTls other) {
    return new Pool(
        name, members, bridging, other, persistence, upstreamConnections, health, timeouts, choice);
  }

  /// One server of a pool.
  ///
  /// @param host name or address; the name that identifies the member in logs, bindings and rendezvous hashing
  /// @param address where to connect when `host` is not to be resolved; an IP literal
  /// @param weight share of new sources, 1 to 1000
  /// @param bridging ports of this member when they differ from the pool's (several stand-ins on one address)
  public record Member(
      String host, @Nullable String address, int weight, @Nullable Bridging bridging) {}

  /// Which member port a request goes to: `https` for requests that came over TLS, `http` for clear ones; 0 = not offered.
  ///
  /// @param tells what a connection to a member begins with; of the pool, not of one member
  public record Bridging(int https, int http, ProxyProtocol tells) {
    public Bridging(int https, int http) {
      this(https, http, ProxyProtocol.OFF);
    }
  }

  /// Who the client is, said in front of everything else on a connection to a member (HAProxy's proxy-protocol.txt).
  public enum ProxyProtocol {
    OFF("off"),
    V1("v1"),
    V2("v2");

    private final String word;

    ProxyProtocol(String word) {
      this.word = word;
    }

    /// As the document says it.
    public String word() {
      return word;
    }
  }

  /// TLS towards the members. The certificate must chain to `trust` and carry `serverName`; there is no way to skip that.
  ///
  /// @param serverName SNI sent and name verified; null means each member's own host
  /// @param trustFile PEM bundle relative to the document; null in stored revisions
  /// @param trust the PEM bundle itself; present in stored revisions, allowed in documents
  public record PoolTls(
      @Nullable String serverName,
      @Nullable String trustFile,
      @Nullable String trust,
      TlsVersion minVersion) {}

  /// Source-address persistence: which part of an address is the source, and how long an unused binding lives.
  ///
  /// @param group pools of one group send a source to the member of the same host; null means the pool is alone
  public record SourcePersistence(
      int ipv4Prefix, int ipv6Prefix, Duration idle, @Nullable String group) {
    /// One address, one /64, thirty minutes: what DESIGN §7 gives when a document is silent.
    public static final SourcePersistence DEFAULT =
        new SourcePersistence(32, 64, Duration.ofMinutes(30), null);
  }

  /// Which member a new source, or request, goes to.
  ///
  /// @param maxConnections to each member from each node; 0 = as many as needed
  public record Choice(Balance balance, int maxConnections) {
    public static final Choice DEFAULT = new Choice(Balance.SOURCE, 0);
  }

  public enum Balance {
    /// Weighted rendezvous hashing of the source address: every node picks the same member.
    SOURCE("source"),
    LEAST_REQUESTS("leastRequests"),
    POWER_OF_TWO("powerOfTwo"),
    ROUND_ROBIN("roundRobin");

    private final String word;

    Balance(String word) {
      this.word = word;
    }

    /// As the document says it.
    public String word() {
      return word;
    }
  }

  public enum UpstreamConnections {
    /// Each downstream connection has upstream connections of its own: NTLM authenticates a connection, not a request. The default on Lync rules.
    PRIVATE,
    /// Idle upstream connections may serve another client, until the first sign of NTLM or Negotiate.
    SHARED
  }

  /// An active check; every part that is given must pass.
  ///
  /// @param get request-target of an HTTP GET over the same bridging as clients; null = no GET
  /// @param expect status the GET must answer
  /// @param alsoTcp a port that must accept a connection as well (5061 on Front Ends); 0 = none
  /// @param also further probes, all of which must pass too
  public record HealthCheck(
      @Nullable String get,
      int expect,
      int alsoTcp,
      Duration interval,
      List<Probe> also,
      Judgement judgement) {

    public HealthCheck {
      also = List.copyOf(also);
    }

    public HealthCheck(@Nullable String get, int expect, int alsoTcp, Duration interval) {
      this(get, expect, alsoTcp, interval, List.of(), Judgement.DEFAULT);
    }
  }

  /// When checks become a verdict.
  ///
  /// @param rise passed checks in a row that bring a member back
  /// @param fall failed checks in a row that take it out
  /// @param timeout for each part of a check
  /// @param slowStart time over which a member that came back grows to its full share; 0 = at once
  public record Judgement(int rise, int fall, Duration timeout, Duration slowStart) {
    /// One lost packet or a recycling worker process is no outage, three failures are; a server that has just started
    /// often answers once before it falls over, so it must answer twice.
    public static final Judgement DEFAULT =
        new Judgement(2, 3, Duration.ofSeconds(5), Duration.ZERO);
  }

  /// How long the members of a pool may take.
  ///
  /// @param responseHeader from the end of the request to the head of the response
  /// @param idle longest silence in a body or on a kept connection
  /// @param connect TCP and TLS establishment together
  public record Timeouts(Duration responseHeader, Duration idle, Duration connect) {
    public static final Timeouts DEFAULT =
        new Timeouts(Duration.ofSeconds(60), Duration.ofSeconds(1800), Duration.ofSeconds(5));

    /// Lync: the pool may hold a response for 1800 s (UCWA event channel, `timeout`).
    public static final Timeouts LYNC =
        new Timeouts(Duration.ofSeconds(1860), Duration.ofSeconds(1800), Duration.ofSeconds(5));
  }
}
