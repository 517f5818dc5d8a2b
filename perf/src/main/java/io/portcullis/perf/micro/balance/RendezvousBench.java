package io.portcullis.perf.micro.balance;

import io.portcullis.perf.micro.Distribution;
import io.portcullis.proxy.balance.RendezvousBalancer;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Choosing a member by weighted rendezvous hashing; each source is new.
///
/// Models pools of 2, 8 (a large Front End pool) and 12 members (the most that Lync allows), all usable, equal weights.
@Distribution("every source new; pools of 2, 8 and 12 members, all usable, equal weights")
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RendezvousBench {

  private static final Duration LONG = Duration.ofMinutes(30);

  @Param({"2", "8", "12"})
  public int members = 2;

  private final RendezvousBalancer balancer = new RendezvousBalancer();
  private @Nullable MemberPool pool;
  private long source;

  @Setup
  public void prepare() {
    List<Member> list = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      Member member = new Member("pool01", "fe" + i + ".contoso.local", 1, 4443, 8080);
      member.resolvedTo(InetAddress.getLoopbackAddress());
      list.add(member);
    }
    pool = new MemberPool("pool01", list, null, null, true, LONG, LONG, LONG, 32, 64);
  }

  @Benchmark
  public @Nullable Member pick() {
    MemberPool chosen = pool;
    source += 0x9E3779B97F4A7C15L;
    return chosen == null ? null : balancer.pick(chosen, source, Set.of(), 0);
  }
}
