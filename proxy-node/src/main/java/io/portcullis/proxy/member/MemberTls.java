package io.portcullis.proxy.member;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.util.NetUtil;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/// TLS towards a member: the pool's trust, the pool's (or the member's) name sent and verified. There is no other way to make one, and
/// no way to skip the verification.
public final class MemberTls {

  private MemberTls() {}

  /// @return counted; whoever asked releases it
  public static SSLEngine newEngine(MemberPool pool, Member member, ByteBufAllocator allocator) {
    SslContext context = pool.upstreamTls();
    if (context == null) {
      throw new IllegalStateException("pool " + pool.name() + " has no TLS settings");
    }
    String name = pool.tlsNameOf(member);
    // A name that Java does not take is found out before there is an engine to release.
    List<SNIServerName> serverNames = serverNames(name);
    SSLEngine engine = context.newEngine(allocator, name, sessionPort(member));
    SSLParameters parameters = engine.getSSLParameters();
    // The name or the address must be in the certificate's subjectAltName (RFC 9525 §6).
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    if (!serverNames.isEmpty()) {
      parameters.setServerNames(serverNames);
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  /// RFC 6066 §3: an address literal is never sent as a server name.
  private static List<SNIServerName> serverNames(String name) {
    return NetUtil.isValidIpV4Address(name) || NetUtil.isValidIpV6Address(name)
        ? List.of()
        : List.of(new SNIHostName(name));
  }

  /// Sessions are kept by name and port. Members of a pool share both, and a session of one is nothing to the others: so that each
  /// resumes its own, a number of the member takes the place of the port, which nothing else looks at.
  private static int sessionPort(Member member) {
    return (int) (member.hashSeed() >>> 33) + 1;
  }
}
