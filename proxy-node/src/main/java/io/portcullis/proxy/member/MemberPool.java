package io.portcullis.proxy.member;

import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A pool compiled for the data plane; immutable but for the members' own state.
///
/// @param upstreamTls client context that trusts the pool's bundle only; null if the pool is reached in clear only
/// @param serverName SNI to send and name to verify; null means each member's own host
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
    int ipv4Prefix,
    int ipv6Prefix,
    Selection selection) {

  public MemberPool {
    members = List.copyOf(members);
  }

  /// Chosen by source, without a maximum of connections.
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
        ipv4Prefix,
        ipv6Prefix,
        Selection.usual());
  }

  /// The name that the member's certificate must carry.
  public String tlsNameOf(Member member) {
    return serverName != null ? serverName : member.host();
  }
}
