package io.portcullis.proxy.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.StaticHost;
import io.portcullis.proxy.TestConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ResolverTest {

  private static final Map<String, List<String>> DNS =
      Map.of("fe1", List.of("192.0.2.66"), "fe2", List.of("192.0.2.6", "192.0.2.7"));

  private static final Resolver RESOLVER = resolver(ResolverTest::dns);

  private static Resolver resolver(Resolver.Lookup lookup) {
    TestConfig config = new TestConfig();
    config.hosts.add(new StaticHost("FE1", "192.0.2.5"));
    return new Resolver(config.build(), lookup);
  }

  private static InetAddress[] dns(String name) throws UnknownHostException {
    List<String> found = DNS.get(name);
    if (found == null) {
      throw new UnknownHostException(name);
    }
    return found.stream().map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
  }

  private static @Nullable InetAddress resolved(
      String host, @Nullable String address, @Nullable String current) {
    return RESOLVER.resolve(
        new Pool.Member(host, address, 1, null),
        current == null ? null : InetAddress.ofLiteral(current));
  }

  private static InetAddress ip(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  @Test
  void addressGoesBeforeHostTableGoesBeforeDns() {
    assertThat(resolved("fe1", "192.0.2.9", null)).isEqualTo(ip("192.0.2.9"));
    assertThat(resolved("fe1", null, null)).isEqualTo(ip("192.0.2.5"));
    assertThat(resolved("fe2", null, null)).isEqualTo(ip("192.0.2.6"));
    assertThat(resolved("gone", null, null)).isNull();
  }

  @Test
  void currentAddressStaysWhileTheNameHasIt() {
    assertThat(resolved("fe2", null, "192.0.2.7")).isEqualTo(ip("192.0.2.7"));
    assertThat(resolved("fe2", null, "192.0.2.8")).isEqualTo(ip("192.0.2.6"));
  }

  @Test
  void slowNamesAreLeftOut() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Resolver slow =
        resolver(name -> {
          if (name.equals("slow")) {
            try {
              never.await();
            } catch (InterruptedException _) {
              throw new UnknownHostException(name);
            }
          }
          return dns(name);
        });
    Pool pool =
        TestConfig.pool(
            "p",
            new Pool.Bridging(0, 80),
            null,
            null,
            Arrays.stream(new String[] {"fe1", "fe2", "gone", "slow"})
                .map(host -> new Pool.Member(host, null, 1, null))
                .toArray(Pool.Member[]::new));
    try {
      assertThat(slow.resolveAll(List.of(pool), Duration.ofSeconds(5)))
          .isEqualTo(Map.of("p/fe1", ip("192.0.2.5"), "p/fe2", ip("192.0.2.6")));
    } finally {
      never.countDown();
    }
  }
}
