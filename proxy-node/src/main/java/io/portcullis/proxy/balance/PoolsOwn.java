package io.portcullis.proxy.balance;

import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The balancer of every pool is the one its document names.
final class PoolsOwn implements Balancer {

  private final Balancer bySource = new RendezvousBalancer();
  private final Balancer leastRequests = new LeastRequests();
  private final Balancer powerOfTwo = new PowerOfTwo();
  private final Balancer roundRobin = new RoundRobin();

  @Override
  public @Nullable Member pick(MemberPool pool, long key, Set<Member> exclude, long nowNanos) {
    Balancer balancer =
        switch (pool.selection().balance()) {
          case SOURCE -> bySource;
          case LEAST_REQUESTS -> leastRequests;
          case POWER_OF_TWO -> powerOfTwo;
          case ROUND_ROBIN -> roundRobin;
        };
    return balancer.pick(pool, key, exclude, nowNanos);
  }
}
