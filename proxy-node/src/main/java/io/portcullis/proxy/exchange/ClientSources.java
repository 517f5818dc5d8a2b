package io.portcullis.proxy.exchange;

import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.persistence.ClientSource;
import io.portcullis.proxy.persistence.SourceKey;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// What a client's address is to the pools it reaches. A connection mostly stays with one pool, so the last answer is kept.
final class ClientSources {

  private record Known(MemberPool.Persistence by, ClientSource source, long key) {}

  private @Nullable Known last;

  /// Whom the pool's table knows the client as.
  ClientSource of(InetAddress client, MemberPool.Persistence by) {
    return known(client, by).source();
  }

  /// What the pool's members are ranked by.
  long key(InetAddress client, MemberPool.Persistence by) {
    return known(client, by).key();
  }

  @SuppressWarnings("ReferenceEquality") // an equal one of another snapshot costs one calculation
  private Known known(InetAddress client, MemberPool.Persistence by) {
    Known kept = last;
    if (kept == null || kept.by() != by) {
      kept =
          new Known(
              by,
              ClientSource.of(client, by),
              SourceKey.of(client, by.ipv4Prefix(), by.ipv6Prefix()));
      last = kept;
    }
    return kept;
  }
}
