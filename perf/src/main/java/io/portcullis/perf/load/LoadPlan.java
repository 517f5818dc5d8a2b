package io.portcullis.perf.load;

import io.netty.channel.epoll.Epoll;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Everything one run of load is told; holding one is proof that it keeps the bounds.
///
/// @param modelName the word the model was asked for by
/// @param rate arrivals a second; 0 is a closed loop: each connection asks again as soon as it has its answer
/// @param random whether arrivals come as independent users do, or evenly
/// @param connections kept connections at most, in all (models that open their own are bound by `MAX_IN_FLIGHT`)
/// @param timeout for one answer, beyond what the server is known to wait
/// @param loops event loops, each with its share of everything
/// @param trust PEM of the CAs to trust, null for the JDK's
/// @param offer what clients offer in TLS
record LoadPlan(
    Site site,
    String modelName,
    UserModel model,
    double rate,
    boolean random,
    Duration duration,
    int connections,
    Sources sources,
    Duration timeout,
    int loops,
    long seed,
    @Nullable Path trust,
    Offer offer) {

  /// Nobody's pool of Front Ends takes more; a slip of the finger does not become an attack.
  static final double MAX_RATE = 100_000;

  /// A working day and night.
  static final Duration MAX_DURATION = Duration.ofHours(24);

  /// Below the descriptors of one process; more needs more generators.
  static final int MAX_CONNECTIONS = 50_000;

  /// Arrivals under way at once; beyond it they are counted as not started, so that memory stays bounded.
  static final int MAX_IN_FLIGHT = 50_000;

  LoadPlan {
    require(rate >= 0 && rate <= MAX_RATE, "--rate is above 0 and at most " + MAX_RATE);
    require(
        duration.compareTo(Duration.ofMillis(100)) >= 0 && duration.compareTo(MAX_DURATION) <= 0,
        "--duration is 100ms to 24h");
    require(
        connections >= 1 && connections <= MAX_CONNECTIONS,
        "--connections is 1 to " + MAX_CONNECTIONS);
    require(
        timeout.toMillis() >= 1 && timeout.compareTo(Duration.ofHours(1)) <= 0,
        "--timeout is 1ms to 1h");
    require(loops >= 1 && loops <= 64, "--loops is 1 to 64");
    require(
        !sources.needsLoopbackTarget()
            || site.addresses().stream()
                .allMatch(address -> address.getAddress().isLoopbackAddress()),
        "--sources spreads over 127.0.0.0/8, from which only a target on this machine is reached;"
            + " for "
            + site.addresses()
            + " name addresses of this machine with --source");
  }

  /// With everything offered in TLS.
  LoadPlan(
      Site site,
      String modelName,
      UserModel model,
      double rate,
      boolean random,
      Duration duration,
      int connections,
      Sources sources,
      Duration timeout,
      int loops,
      long seed,
      @Nullable Path trust) {
    this(
        site,
        modelName,
        model,
        rate,
        random,
        duration,
        connections,
        sources,
        timeout,
        loops,
        seed,
        trust,
        Offer.ALL);
  }

  private static void require(boolean kept, String bound) {
    if (!kept) {
      throw new IllegalArgumentException(bound);
    }
  }

  boolean isClosedLoop() {
    return rate == 0;
  }

  boolean epoll() {
    return Epoll.isAvailable();
  }

  /// A lane's share of the kept connections; each has at least one.
  int connectionsOf(int lane) {
    return Math.max(1, connections / loops + (lane < connections % loops ? 1 : 0));
  }

  int inFlightLimitOfLane() {
    return MAX_IN_FLIGHT / loops;
  }

  /// The same for one arrival of a model, to try something before the load.
  LoadPlan once(String name, UserModel asking, Duration limit) {
    return new LoadPlan(
        site,
        name,
        asking,
        1,
        false,
        Duration.ofMillis(500),
        1,
        sources,
        limit,
        1,
        0,
        trust,
        offer);
  }

  LoadPlan withRate(double other) {
    return new LoadPlan(
        site,
        modelName,
        model,
        other,
        random,
        duration,
        connections,
        sources,
        timeout,
        loops,
        seed,
        trust,
        offer);
  }

  LoadPlan withDuration(Duration other) {
    return new LoadPlan(
        site,
        modelName,
        model,
        rate,
        random,
        other,
        connections,
        sources,
        timeout,
        loops,
        seed,
        trust,
        offer);
  }
}
