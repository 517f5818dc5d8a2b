package io.portcullis.proxy.snapshot;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Listener;
import io.portcullis.farm.model.PublishingRule;
import io.portcullis.proxy.limit.Access;
import io.portcullis.proxy.limit.Cidrs;
import io.portcullis.proxy.limit.ListenerLimits;
import io.portcullis.proxy.limit.RuleLimits;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Limits and allowed sources of listeners. What has been counted is taken over from the snapshot before, by listener and
/// by rule name: publishing gives nobody a fresh allowance.
final class AccessCompiler {

  private final FarmConfig config;
  private final @Nullable Snapshot previous;

  AccessCompiler(FarmConfig config, @Nullable Snapshot previous) {
    this.config = config;
    this.previous = previous;
  }

  Access compile(Listener listener) {
    ListenerSnapshot before = previous == null ? null : previous.listener(listener.name());
    Access was = before == null ? Access.OPEN : before.access();
    Map<String, RuleLimits> rules = new HashMap<>();
    for (PublishingRule rule : config.rules()) {
      if (rule.listener().equals(listener.name())
          && !rule.access().equals(PublishingRule.Access.OPEN)) {
        rules.put(rule.name(), rule(rule.access(), was.rules().get(rule.name())));
      }
    }
    return new Access(listener(listener.limits(), was.listener()), rules);
  }

  private static @Nullable ListenerLimits listener(
      Listener.Limits said, @Nullable ListenerLimits was) {
    if (said.equals(Listener.Limits.NONE)) {
      return null;
    }
    return new ListenerLimits(
        said.connectionsPerSource(),
        said.handshakesPerSource(),
        said.requestsPerSource(),
        was == null ? new ListenerLimits.Tables() : was.tables());
  }

  private static RuleLimits rule(PublishingRule.Access said, @Nullable RuleLimits was) {
    return new RuleLimits(
        Cidrs.of(said.allowSources()),
        Cidrs.of(said.denySources()),
        said.requestsPerSource(),
        said.requests(),
        was == null ? new RuleLimits.Tables() : was.tables());
  }
}
