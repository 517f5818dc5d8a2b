package io.portcullis.perf.micro.rule;

import io.portcullis.perf.micro.Distribution;
import io.portcullis.proxy.message.MessageRefused;
import io.portcullis.proxy.message.ParsedRequest;
import io.portcullis.proxy.rule.Decision;
import io.portcullis.proxy.rule.Rule;
import io.portcullis.proxy.rule.RuleTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// One decision in a table of 10, 1,000 or 10,000 rules.
///
/// Models a hoster: a public name a rule, every name asked for equally often (the worst case for caches), one request in
/// eight for a name that nobody publishes.
@Distribution(
    "a hoster: a public name a rule, every name asked for equally often, one request in eight for a"
        + " name that nobody publishes")
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RuleMatchBench {

  private static final int REQUESTS = 1024;
  private static final int UNKNOWN_EVERY = 8;

  @Param({"10", "1000", "10000"})
  public int rules = 10;

  private RuleTable table = RuleTable.of(List.of());
  private final List<ParsedRequest> heads = new ArrayList<>();
  private int next;

  @Setup
  public void prepare() throws MessageRefused {
    List<Rule> list = new ArrayList<>();
    for (int i = 0; i < rules; i++) {
      list.add(
          new Rule(
              "rule-" + i,
              List.of(name(i)),
              List.of("/"),
              List.of("/cscp"),
              new Decision.Respond("rule-" + i, 200)));
    }
    table = RuleTable.of(list);
    SplittableRandom chance = new SplittableRandom(1);
    for (int i = 0; i < REQUESTS; i++) {
      String host =
          i % UNKNOWN_EVERY == 0 ? "unknown" + i + ".example" : name(chance.nextInt(rules));
      byte[] bytes =
          ("GET /meet/user/K3R7Q HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
              .getBytes(StandardCharsets.ISO_8859_1);
      ParsedRequest head = new ParsedRequest();
      head.parse(bytes, bytes.length);
      heads.add(head);
    }
  }

  private static String name(int i) {
    return "webext" + i + ".tenant" + i % 97 + ".contoso.com";
  }

  @Benchmark
  public Decision decide() {
    next = (next + 1) % REQUESTS;
    return table.decide(heads.get(next));
  }
}
