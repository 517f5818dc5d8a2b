package io.portcullis.farm.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.PublishingRule.Action;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoopTest {

  /// @param bind the clear listener; 10.0.0.5:9000 is always bound as well
  private static List<Problem> check(String bind, String host, @Nullable String address, int port) {
    Pool pool =
        new Pool(
            "p",
            List.of(new Pool.Member(host, address, 1, null)),
            new Pool.Bridging(0, port),
            null,
            Pool.SourcePersistence.DEFAULT,
            Pool.UpstreamConnections.SHARED,
            null,
            Pool.Timeouts.DEFAULT);
    FarmConfig farm =
        new FarmConfig(
            "f",
            List.of(new Listener("in", bind, null), new Listener("own", "10.0.0.5:9000", null)),
            List.of(),
            List.of(pool),
            List.of(
                rule("r", "in", new Action.ToPool("p")), rule("s", "own", new Action.Respond(404))),
            List.of(new StaticHost("static.local", "10.0.0.5")),
            null);
    VirtualGroup virtual =
        new VirtualGroup(
            "outside",
            List.of("10.0.0.100/24"),
            List.of(
                new VirtualGroup.Holder("a", "10.0.0.5"),
                new VirtualGroup.Holder("b", "10.0.0.6")));
    return FarmValidator.check(farm.withVirtualAddresses(List.of(virtual))).stream()
        .filter(Problem::isError)
        .toList();
  }

  private static PublishingRule rule(String name, String listener, Action action) {
    return new PublishingRule(
        name,
        listener,
        List.of("a.contoso.com"),
        List.of("/"),
        List.of(),
        action,
        action instanceof Action.ToPool);
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0:80, 127.0.0.1, , 80",
    "0.0.0.0:80, localhost, , 80",
    "0.0.0.0:80, fe1.local, 127.0.0.2, 80",
    "0.0.0.0:80, 10.0.0.5, , 80",
    "0.0.0.0:80, STATIC.local, , 80",
    "0.0.0.0:80, 0.0.0.0, , 80",
    "0.0.0.0:80, fe1.local, 10.0.0.100, 80",
    "10.0.0.7:80, 10.0.0.7, , 80",
    "'[::]:80', '::1', , 80",
    "0.0.0.0:80, fe1.local, 10.0.0.5, 9000"
  })
  void aMemberThatIsAListenerIsALoop(String bind, String host, @Nullable String address, int port) {
    assertThat(check(bind, host, address, port))
        .singleElement()
        .satisfies(p -> {
          assertThat(p.path()).isEqualTo("pools[0].members[0]");
          assertThat(p.message()).contains("requests would loop");
        });
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0:80, 127.0.0.1, , 8080",
    "0.0.0.0:0, 127.0.0.1, , 80",
    "10.0.0.7:80, 127.0.0.1, , 80",
    "0.0.0.0:80, 10.0.0.6, , 80",
    "0.0.0.0:80, fe1.local, , 80",
    "0.0.0.0:80, static.local, 10.0.0.6, 80"
  })
  void aMemberElsewhereIsNone(String bind, String host, @Nullable String address, int port) {
    assertThat(check(bind, host, address, port)).isEmpty();
  }
}
