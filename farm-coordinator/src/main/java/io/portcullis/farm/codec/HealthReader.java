package io.portcullis.farm.codec;

import io.portcullis.farm.model.Pool.HealthCheck;
import io.portcullis.farm.model.Pool.Judgement;
import io.portcullis.farm.model.Probe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads `health`.
final class HealthReader {
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final int EXPECT = 200;

  private final Reading reading;

  HealthReader(Reading reading) {
    this.reading = reading;
  }

  HealthCheck health(Section health, @Nullable String usualGet) {
    String get = health.has("get") ? health.text("get") : usualGet;
    Judgement usual = Judgement.DEFAULT;
    return new HealthCheck(
        "none".equals(get) ? null : get,
        health.number("expect", EXPECT),
        health.number("alsoTcp", 0),
        health.duration("interval", INTERVAL),
        also(health),
        new Judgement(
            health.number("rise", usual.rise()),
            health.number("fall", usual.fall()),
            health.duration("timeout", usual.timeout()),
            health.duration("slowStart", usual.slowStart())));
  }

  private List<Probe> also(Section health) {
    List<Probe> probes = new ArrayList<>();
    for (Section.Item item : health.items("also")) {
      Section probe = Section.of(reading, item.node(), item.path(), Keys.PROBE);
      Probe read = probe == null ? null : probe(probe);
      if (read != null) {
        probes.add(read);
      }
    }
    return probes;
  }

  private static @Nullable Probe probe(Section probe) {
    List<String> kinds = Stream.of("tcp", "tls", "get").filter(probe::has).toList();
    if (kinds.size() != 1) {
      probe.error(
          kinds.isEmpty() ? "says not what to probe" : "probes more than one thing: " + kinds,
          "give one of tcp: PORT, tls: PORT, get: PATH with port");
      return null;
    }
    String kind = kinds.getFirst();
    if (!kind.equals("get")) {
      for (String stray : List.of("port", "overTls", "expect")) {
        if (probe.has(stray)) {
          probe.errorAt(stray, "belongs to a get", "remove it: " + kind + " names the port");
        }
      }
      int port = probe.number(kind, 0);
      return kind.equals("tcp") ? new Probe.Tcp(port) : new Probe.Tls(port);
    }
    if (!probe.has("port")) {
      probe.missing("port", "add the port to ask at: port: 8080");
    }
    String target = probe.text("get");
    return new Probe.Get(
        target == null ? "/" : target,
        probe.number("port", 0),
        probe.flag("overTls"),
        probe.number("expect", EXPECT));
  }
}
