package io.portcullis.proxy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.message.Cases;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same hostile bytes through this proxy, nginx and HAProxy, each in front of a member that keeps what it gets. One request never
/// becomes two, whatever way the member reads; and what both of the others refuse is forwarded for a written reason only.
class FramingDifferentialTest {

  private static final int LANES = 8;
  private static final int LEAST_CASES = 500;

  /// Time to be quiet in before a case counts as waiting for more. On a busy machine an answer may take longer; then the case is
  /// tried again with more patience before it is called wrong.
  private static final int QUIET_MILLIS = 250;

  private static final int PATIENT_MILLIS = 4_000;

  /// One of each, with members of their own, so that cases do not mix.
  private record Track(Lane ours, Lane nginx, Lane haproxy) {}

  @Test
  void noRequestBecomesTwoAndNothingIsForwardedAloneWithoutAReason(@TempDir Path directory)
      throws Exception {
    Map<String, Cases.Case> corpus = corpus();
    assertThat(corpus.size()).isGreaterThanOrEqualTo(LEAST_CASES);
    Map<String, String> reasons = reasons(corpus);
    List<String> wrong = new ArrayList<>();
    try (Closing closing = new Closing();
        ExecutorService lanes = Executors.newVirtualThreadPerTaskExecutor()) {
      BlockingQueue<Track> tracks = tracks(directory, closing);
      List<Future<String>> verdicts = new ArrayList<>();
      for (Cases.Case one : corpus.values()) {
        verdicts.add(
            lanes.submit(() -> {
              Track track = tracks.take();
              try {
                String verdict = judge(one, track, reasons, QUIET_MILLIS);
                return verdict.isEmpty() ? verdict : judge(one, track, reasons, PATIENT_MILLIS);
              } finally {
                tracks.add(track);
              }
            }));
      }
      for (Future<String> verdict : verdicts) {
        if (!verdict.get().isEmpty()) {
          wrong.add(verdict.get());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  /// @return empty, or what is wrong
  private static String judge(
      Cases.Case one, Track track, Map<String, String> reasons, int quietMillis)
      throws IOException {
    Lane.Passage ours = track.ours.pass(one.bytes(), quietMillis);
    int requests = ours.requests(Dialect.STRICT);
    for (Dialect dialect : Dialect.values()) {
      if (ours.requests(dialect) != requests) {
        return one.name() + ": " + dialect + " reads another number of requests than " + requests;
      }
    }
    int complete =
        ours.forwarded().stream().mapToInt(bytes -> Dialect.STRICT.read(bytes).complete()).sum();
    if (complete != ours.fromMember()) {
      return one.name() + ": " + complete + " requests, " + ours.fromMember() + " answers";
    }
    if (!one.outcome().isEmpty() && !one.outcome().equals(ours.statuses())) {
      return one.name() + ": the client hears " + ours.statuses() + ", not " + one.outcome();
    }
    if (requests == 0 || reasons.containsKey(one.name())) {
      return "";
    }
    int most =
        Math.max(
            track.nginx.pass(one.bytes(), quietMillis).requests(Dialect.FORGIVING),
            track.haproxy.pass(one.bytes(), quietMillis).requests(Dialect.FORGIVING));
    return requests <= most
        ? ""
        : one.name() + ": " + requests + " forwarded, nginx and HAProxy " + most;
  }

  private static BlockingQueue<Track> tracks(Path directory, Closing closing) throws IOException {
    List<List<RecordingMember>> members = new ArrayList<>();
    for (int proxy = 0; proxy < 3; proxy++) {
      List<RecordingMember> row = new ArrayList<>();
      for (int lane = 0; lane < LANES; lane++) {
        row.add(closing.later(new RecordingMember()));
      }
      members.add(row);
    }
    Peer nginx = closing.later(Peer.nginx(directory.resolve("nginx"), ports(members.get(1))));
    Peer haproxy = closing.later(Peer.haproxy(directory.resolve("haproxy"), ports(members.get(2))));
    BlockingQueue<Track> tracks = new ArrayBlockingQueue<>(LANES);
    for (int lane = 0; lane < LANES; lane++) {
      RecordingMember own = members.get(0).get(lane);
      TestNode node = closing.later(TestNode.of(TestNode.clearPool(true, own.port())));
      tracks.add(
          new Track(
              new Lane(node.address(), own),
              new Lane(nginx.address(lane), members.get(1).get(lane)),
              new Lane(haproxy.address(lane), members.get(2).get(lane))));
    }
    return tracks;
  }

  private static List<Integer> ports(List<RecordingMember> members) {
    return members.stream().map(RecordingMember::port).toList();
  }

  /// The cases with what the client hears, the heads of the parser's corpus, and its chunked bodies behind a head.
  private static Map<String, Cases.Case> corpus() {
    Map<String, Cases.Case> all = new LinkedHashMap<>();
    for (Cases.Case one : Cases.of("framing.txt")) {
      put(all, one);
    }
    for (Cases.Case one : Cases.of("request-heads.txt")) {
      put(all, new Cases.Case("head: " + one.name(), "", one.bytes()));
    }
    for (Cases.Case one : Cases.of("chunked-bodies.txt")) {
      String body = new String(one.bytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
      String request =
          "POST /case HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
              + body.replace("¶", "");
      byte[] bytes = request.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
      put(all, new Cases.Case("body: " + one.name(), "", bytes));
    }
    return all;
  }

  private static void put(Map<String, Cases.Case> all, Cases.Case one) {
    assertThat(all.put(one.name(), one)).as("two cases are called %s", one.name()).isNull();
  }

  private static Map<String, String> reasons(Map<String, Cases.Case> corpus) {
    Map<String, String> reasons = new LinkedHashMap<>();
    for (Cases.Case one : Cases.of("forwarded-alone.txt")) {
      assertThat(corpus).containsKey(one.name());
      assertThat(one.outcome()).as("the reason of %s", one.name()).hasSizeGreaterThan(20);
      reasons.put(one.name(), one.outcome());
    }
    return reasons;
  }

  /// Closes in the order opposite to opening.
  private static final class Closing implements Closeable {

    private final List<Closeable> open = new ArrayList<>();

    <T extends Closeable> T later(T one) {
      open.add(one);
      return one;
    }

    @Override
    public void close() throws IOException {
      for (Closeable one : open.reversed()) {
        one.close();
      }
    }
  }
}
