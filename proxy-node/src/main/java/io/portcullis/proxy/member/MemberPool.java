package io.portcullis.proxy.member;

import io.netty.handler.ssl.SslContext;
import io.portcullis.farm.binding.Identity;
import io.portcullis.proxy.message.ProxyVersion;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A pool compiled for the data plane; immutable but for the members' own state.
///
/// @param upstreamTls client context that trusts the pool's bundle only; null if the pool is reached in clear only
/// @param serverName SNI to send and name to verify; null means each member's own host
/// @param tells what every connection to a member begins with
/// @param privateConnections upstream connections belong to one downstream connection for life (LYNC.md §2.4)
public record MemberPool(
    String name,
    List<Member> members,
    @Nullable SslContext upstreamTls,
    @Nullable String serverName,
    boolean privateConnections,
    Duration responseHeaderTimeout,
    Duration idleTimeout,
    Duration connectTimeout,
    Persistence persistence,
    Selection selection,
    ProxyVersion tells) {

  /// What of a client's address is its source, and among whom its member is remembered.
  ///
  /// @param group pools with the same one share a source's member
  /// @param idle a source that is silent for longer is forgotten
  public record Persistence(long group, int ipv4Prefix, int ipv6Prefix, Duration idle) {

    /// A pool alone in its group, with the usual idle time.
    public static Persistence of(String pool, int ipv4Prefix, int ipv6Prefix) {
      return new Persistence(Identity.of(pool), ipv4Prefix, ipv6Prefix, Duration.ofMinutes(30));
    }
  }

  public MemberPool {
    members = List.copyOf(members);
    // Such a connection speaks for one client for as long as it lives.
    privateConnections |= tells != ProxyVersion.OFF;
  }

  /// Connections begin with the first request, or with TLS.
  public MemberPool(
      String name,
      List<Member> members,
      @Nullable SslContext upstreamTls,
      @Nullable String serverName,
      boolean privateConnections,
      Duration responseHeaderTimeout,
      Duration idleTimeout,
      Duration connectTimeout,
      Persistence persistence,
      Selection selection) {
    this(
        name,
        members,
        upstreamTls,
        serverName,
        privateConnections,
        responseHeaderTimeout,
        idleTimeout,
        connectTimeout,
        persistence,
        selection,
        ProxyVersion.OFF);
  }

  /// Chosen by source, alone in its persistence group, without a maximum of connections.
  public MemberPool(
      String name,
      List<Member> members,
      @Nullable SslContext upstreamTls,
      @Nullable String serverName,
      boolean privateConnections,
      Duration responseHeaderTimeout,
      Duration idleTimeout,
      Duration connectTimeout,
      int ipv4Prefix,
      int ipv6Prefix) {
    this(
        name,
        members,
        upstreamTls,
        serverName,
        privateConnections,
        responseHeaderTimeout,
        idleTimeout,
        connectTimeout,
        Persistence.of(name, ipv4Prefix, ipv6Prefix),
        Selection.usual());
  }

  /// The name that the member's certificate must carry.
  public String tlsNameOf(Member member) {
    return serverName != null ? serverName : member.host();
  }

  /// The member of that identity, or null if it was removed.
  public @Nullable Member member(long identity) {
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i).identity() == identity) {
        return members.get(i);
      }
    }
    return null;
  }
}
