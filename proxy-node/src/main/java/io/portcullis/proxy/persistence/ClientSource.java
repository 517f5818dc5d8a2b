package io.portcullis.proxy.persistence;

import io.portcullis.farm.binding.Source;
import io.portcullis.proxy.member.MemberPool;
import java.net.InetAddress;

/// A client's address cut to what a pool's persistence goes by, see [Source].
public record ClientSource(long high, long low) {

  public static ClientSource of(InetAddress address, MemberPool.Persistence by) {
    Source source = Source.of(address, by.ipv4Prefix(), by.ipv6Prefix());
    return new ClientSource(source.high(), source.low());
  }
}
