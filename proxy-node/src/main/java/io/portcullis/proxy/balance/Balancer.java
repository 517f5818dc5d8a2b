package io.portcullis.proxy.balance;

import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Chooses a member for a source. Pure but for reading the members' state.
public interface Balancer {

  /// @param source the persistence key of the client, see `persistence.SourceKey`
  /// @param exclude members already tried for this request
  /// @return null when no member is usable
  @Nullable Member pick(MemberPool pool, long source, Set<Member> exclude, long nowNanos);
}
