package io.portcullis.proxy.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Listener;
import io.portcullis.farm.model.PublishingRule;
import io.portcullis.proxy.TestConfig;
import io.portcullis.proxy.balance.Balancer;
import io.portcullis.proxy.limit.Access;
import io.portcullis.proxy.rule.RuleTable;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AccessCompilerTest {

  private static final InetAddress SOURCE = InetAddress.ofLiteral("192.0.2.1");

  private static FarmConfig config(Listener.Limits limits, PublishingRule.Access access) {
    TestConfig config = new TestConfig();
    config.listeners.add(new Listener("http", "127.0.0.1:0", null, limits));
    config.rule("web", "http", "*", new PublishingRule.Action.Respond(404));
    config.rules.replaceAll(rule -> rule.withAccess(access));
    return config.build();
  }

  private static Access compile(FarmConfig config, @Nullable Access before) {
    Snapshot previous =
        before == null
            ? null
            : new Snapshot(
                1,
                Map.of(
                    "http",
                    new ListenerSnapshot(
                        "http", "127.0.0.1:0", RuleTable.of(List.of()), null, before)),
                List.of(),
                Balancer.ofPools());
    return new AccessCompiler(config, previous).compile(config.listeners().getFirst());
  }

  @Test
  void silentDocumentIsOpenToAll() {
    assertThat(compile(config(Listener.Limits.NONE, PublishingRule.Access.OPEN), null).isOpen())
        .isTrue();
  }

  @Test
  void publishingGivesNobodyAFreshAllowanceAndTheNewNumbersHold() {
    Access first =
        compile(
            config(
                new Listener.Limits(1, 0, 0),
                new PublishingRule.Access(List.of(), List.of("192.0.2.0/24"), 0, 0)),
            null);
    long source = Access.sourceOf(SOURCE);
    assertThat(first.request(SOURCE, "web")).isEqualTo(Access.Verdict.DENIED);
    assertThat(Objects.requireNonNull(first.listener()).connect(source)).isNotNegative();
    Access second =
        compile(config(new Listener.Limits(2, 0, 0), PublishingRule.Access.OPEN), first);
    assertThat(second.request(SOURCE, "web")).isEqualTo(Access.Verdict.ADMITTED);
    assertThat(Objects.requireNonNull(second.listener()).connect(source)).isNotNegative();
    assertThat(Objects.requireNonNull(second.listener()).connect(source)).isNegative();
  }
}
