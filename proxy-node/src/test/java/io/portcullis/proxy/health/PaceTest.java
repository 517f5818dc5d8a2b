package io.portcullis.proxy.health;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Pool;
import io.portcullis.proxy.TestConfig;
import io.portcullis.proxy.member.Member;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.member.OwnAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

/// When checks happen, with chance in the test's hand.
class PaceTest {

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Duration NEVER = Duration.ofHours(1);
  private static final int CHECKS = 1_000;
  private static final int ROUNDS = 20;

  /// A hundredth of the interval: what counts as the same instant.
  private static final long INSTANT = INTERVAL.toNanos() / 100;

  /// A draw that takes the whole interval away.
  private static final double AT_ONCE = (1 - 1 / Pace.JITTER) / 2;

  @Test
  void aPauseIsTheIntervalATenthMoreOrLess() {
    assertThat(new Pace(() -> 0).pauseNanos(INTERVAL)).isEqualTo(4_500_000_000L);
    assertThat(new Pace(() -> 0.5).pauseNanos(INTERVAL)).isEqualTo(5_000_000_000L);
    assertThat(new Pace(() -> 1).pauseNanos(INTERVAL)).isEqualTo(5_500_000_000L);
    assertThat(new Pace(() -> AT_ONCE).pauseNanos(NEVER)).isLessThanOrEqualTo(1_000);
  }

  /// All begin in the same moment, as after a start, and draw from the same source, as the watches of a node do.
  @Test
  void checksThatBeganTogetherDoNotMeetAgain() {
    SplittableRandom random = new SplittableRandom(20261122);
    Pace pace = new Pace(random::nextDouble);
    long[] due = new long[CHECKS];
    for (int round = 1; round <= ROUNDS; round++) {
      for (int i = 0; i < CHECKS; i++) {
        due[i] += pace.pauseNanos(INTERVAL);
      }
      // An even spread over a fifth of the interval has a twentieth of all in each hundredth.
      assertThat(mostInOneInstant(due))
          .as("checks of round %d in the same instant", round)
          .isLessThan(CHECKS / 10);
      assertThat(Arrays.stream(due).distinct().count()).isGreaterThan(CHECKS - 5);
    }
    double mean = Arrays.stream(due).average().orElseThrow() / ROUNDS;
    assertThat(mean / INTERVAL.toNanos()).as("the interval holds on average").isBetween(0.99, 1.01);
    assertThat(INTERVAL.toNanos() * 0.9)
        .isLessThan((double) Arrays.stream(due).min().orElseThrow());
  }

  private static int mostInOneInstant(long[] times) {
    long[] sorted = times.clone();
    Arrays.sort(sorted);
    int most = 0;
    int first = 0;
    for (int last = 0; last < sorted.length; last++) {
      while (sorted[last] - sorted[first] >= INSTANT) {
        first++;
      }
      most = Math.max(most, last - first + 1);
    }
    return most;
  }

  /// A member that notes its checks, and a monitor over it.
  private static final class Watched implements AutoCloseable {

    final List<String> seen = new CopyOnWriteArrayList<>();
    private final HttpServer server = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
    private final HealthMonitor monitor;
    private final List<Member> members = new ArrayList<>();

    Watched(DoubleSupplier chance) throws IOException {
      monitor = new HealthMonitor(new OwnAddresses(Set.of()), () -> {}, new Pace(chance));
      server.createContext(
          "/",
          exchange -> {
            seen.add(exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
          });
      server.start();
    }

    /// As a publication does: the member stays, everything else is made anew.
    void publish(String path, int members) {
      int port = server.getAddress().getPort();
      List<Pool.Member> said = new ArrayList<>();
      while (this.members.size() < members) {
        this.members.add(new Member("p", "fe" + this.members.size(), 1, 0, port));
      }
      this.members.forEach(member -> said.add(TestConfig.member(member.host(), "127.0.0.1", 1)));
      TestConfig config = new TestConfig();
      config.pools.add(
          TestConfig.pool(
              "p",
              new Pool.Bridging(0, port),
              null,
              new Pool.HealthCheck(path, 200, 0, NEVER),
              said.toArray(Pool.Member[]::new)));
      FarmConfig built = config.build();
      MemberPool pool =
          new MemberPool("p", this.members, null, null, true, INTERVAL, INTERVAL, INTERVAL, 32, 64);
      monitor.follow(built, new Resolver(built), List.of(pool), List.of());
    }

    @Override
    public void close() {
      monitor.close();
      server.stop(0);
    }
  }

  /// Three members with an interval of an hour: after the check at the start, each draw that says so brings one more, and no other does.
  @Test
  void everyPauseOfEveryMemberIsDrawn() throws IOException {
    int brought = 30;
    AtomicInteger draws = new AtomicInteger();
    DoubleSupplier chance = () -> draws.incrementAndGet() <= brought ? AT_ONCE : 0.5;
    try (Watched watched = new Watched(chance)) {
      watched.publish("/a", 3);
      eventually("all pause for an hour", () -> draws.get() == 3 + brought);
      assertThat(watched.seen).hasSize(3 + brought);
    }
  }

  /// Else every publication would bring the checks of all members of all nodes together, and count three times for one moment of weakness.
  @Test
  void publishingTheSameCheckBringsItNotForward() throws IOException {
    AtomicInteger draws = new AtomicInteger();
    DoubleSupplier chance =
        () -> {
          draws.incrementAndGet();
          return 0.5;
        };
    List<String> expected = new ArrayList<>();
    try (Watched watched = new Watched(chance)) {
      for (int i = 1; i <= 20; i++) {
        String path = "/" + i;
        int round = i;
        expected.add(path);
        watched.publish(path, 1);
        eventually("another check is made at once", () -> draws.get() >= round);
        for (int again = 0; again < 5; again++) {
          watched.publish(path, 1);
        }
      }
      assertThat(watched.seen).isEqualTo(expected);
    }
  }
}
