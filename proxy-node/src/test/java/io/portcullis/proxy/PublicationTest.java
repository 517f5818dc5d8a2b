package io.portcullis.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.model.PublishingRule.Action;
import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.config.Loaded;
import io.portcullis.proxy.health.HealthMonitor;
import io.portcullis.proxy.member.OwnAddresses;
import io.portcullis.proxy.message.RequestHead;
import io.portcullis.proxy.rule.Decision;
import io.portcullis.proxy.snapshot.CertificateMaterial;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.snapshot.Snapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PublicationTest {

  private static final TestAuthority CA = new TestAuthority("public CA");

  private final ScriptedDoors doors = new ScriptedDoors();
  private final CurrentSnapshot current = new CurrentSnapshot(Snapshot.EMPTY);
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final List<Integer> boundWhenSettled = new ArrayList<>();
  private final OwnAddresses own = new OwnAddresses(Set.of());
  private final Publication publication =
      new Publication(
          current,
          doors,
          new HealthMonitor(own, () -> {}),
          own,
          Map.of(),
          new PrintStream(said, true, UTF_8),
          Clock.systemUTC(),
          _ -> {},
          () -> boundWhenSettled.add(doors.bound().size()));

  /// Binds in memory: port 0 becomes 40001, 40002, ...
  private static final class ScriptedDoors implements Doors {
    private final Map<String, InetSocketAddress> bound = new LinkedHashMap<>();
    private @Nullable String refusal;
    private int next = 40001;

    @Override
    public void reconcile(Snapshot wanted) throws IOException {
      if (refusal != null) {
        throw new IOException(refusal);
      }
      bound.keySet().retainAll(wanted.listeners().keySet());
      wanted
          .listeners()
          .values()
          .forEach(listener ->
              bound.computeIfAbsent(
                  listener.name(),
                  _ -> {
                    int port =
                        Integer.parseInt(
                            listener.bind().substring(listener.bind().lastIndexOf(':') + 1));
                    return new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), port == 0 ? next++ : port);
                  }));
    }

    @Override
    public void rehearse(Snapshot wanted) throws IOException {
      if (refusal != null) {
        throw new IOException(refusal);
      }
    }

    @Override
    public Map<String, InetSocketAddress> bound() {
      return Map.copyOf(bound);
    }

    @Override
    public void shut() {}

    @Override
    public void reopen(Snapshot now) {}

    @Override
    public void cut() {}

    @Override
    public boolean stop(Duration cap) {
      return true;
    }
  }

  private static Loaded loaded(long revision, String httpsBind) {
    TestAuthority.Issued issued = CA.issue("a.example");
    return new Loaded(
        revision,
        new TestConfig()
            .https(httpsBind, TlsVersion.TLSv1_2, "public")
            .http("127.0.0.1:80")
            .rule("to-https", "http", "*", new Action.RedirectToHttps())
            .build(),
        Map.of("public", new CertificateMaterial(issued.chain(), issued.key())));
  }

  @Test
  void whatTheStartLeftIsClearedAwayOnceAndBeforeTheDoorsOpen() throws InterruptedException {
    assertThat(publication.publish(loaded(1, "127.0.0.1:0"))).noneMatch(Problem::isError);
    assertThat(publication.publish(loaded(2, "127.0.0.1:0"))).noneMatch(Problem::isError);

    assertThat(doors.bound()).hasSize(2);
    assertThat(boundWhenSettled).containsExactly(0);
  }

  @Test
  void aCertificateThatEndsIsToldOnceAtEachStep() throws InterruptedException {
    Logger log = (Logger) LoggerFactory.getLogger(CertificateEnds.class);
    ListAppender<ILoggingEvent> listening = new ListAppender<>();
    listening.start();
    log.addAppender(listening);
    try {
      assertThat(publication.publish(loaded(1, "127.0.0.1:0"))).noneMatch(Problem::isError);
      Instant end =
          Objects.requireNonNull(
                  Objects.requireNonNull(current.current().listener("https")).names())
              .all()
              .iterator()
              .next()
              .chain()
              .getFirst()
              .getNotAfter()
              .toInstant();
      AtomicReference<Instant> now = new AtomicReference<>(end);
      CertificateEnds ends = new CertificateEnds(current::current, now::get);
      for (int days : List.of(31, 30, 29, 14, 13, 7, 2, 1, 0, -1)) {
        now.set(end.minus(Duration.ofDays(days)));
        ends.look();
        ends.look();
      }
      assertThat(listening.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .satisfiesExactly(
              line -> assertThat(line).contains("within 30 days"),
              line -> assertThat(line).contains("within 14 days"),
              line -> assertThat(line).contains("within 7 days"),
              line -> assertThat(line).contains("within 1 days"),
              line -> assertThat(line).contains("ended on"));
    } finally {
      log.detachAppender(listening);
    }
  }

  private int redirectPort() {
    Decision decision =
        Objects.requireNonNull(current.current().listener("http")).rules().decide(new AnyHead());
    return ((Decision.RedirectToHttps) decision).port();
  }

  private static final class AnyHead implements RequestHead {
    @Override
    public byte[] bytes() {
      return "h/".getBytes(UTF_8);
    }

    @Override
    public int methodStart() {
      return 0;
    }

    @Override
    public int methodEnd() {
      return 0;
    }

    @Override
    public int targetStart() {
      return 1;
    }

    @Override
    public int targetEnd() {
      return 2;
    }

    @Override
    public int hostStart() {
      return 0;
    }

    @Override
    public int hostEnd() {
      return 1;
    }

    @Override
    public int pathStart() {
      return 1;
    }

    @Override
    public int pathEnd() {
      return 2;
    }
  }

  @Test
  void redirectNamesThePortTheSystemChose() throws Exception {
    assertThat(publication.publish(loaded(1, "127.0.0.1:0"))).isEmpty();
    assertThat(redirectPort()).isEqualTo(40001);
    assertThat(said.toString(UTF_8))
        .contains("listening https 127.0.0.1:40001\n")
        .contains("listening http 127.0.0.1:80\n")
        .endsWith("serving revision 1\n");
  }

  @Test
  void keptListenersAreNotAnnouncedAgain() throws Exception {
    publication.publish(loaded(1, "127.0.0.1:0"));
    said.reset();
    publication.publish(loaded(2, "127.0.0.1:0"));
    assertThat(said.toString(UTF_8)).isEqualTo("serving revision 2\n");
    assertThat(redirectPort()).isEqualTo(40001);
  }

  @Test
  void portThatCannotBeBoundLeavesTheOldSnapshot() throws Exception {
    publication.publish(loaded(1, "127.0.0.1:443"));
    Snapshot before = current.current();
    doors.refusal = "listener https cannot bind 127.0.0.1:444: taken";
    assertThat(publication.publish(loaded(2, "127.0.0.1:444")))
        .singleElement()
        .matches(problem -> problem.isError() && problem.message().contains("taken"));
    assertThat(current.current()).isSameAs(before);
  }

  @Test
  void refusedCompilationTouchesNothing() throws Exception {
    publication.publish(loaded(1, "127.0.0.1:443"));
    Snapshot before = current.current();
    Map<String, InetSocketAddress> bound = doors.bound();
    Loaded broken = new Loaded(2, loaded(2, "127.0.0.1:444").config(), Map.of());
    assertThat(publication.publish(broken)).isNotEmpty();
    assertThat(current.current()).isSameAs(before);
    assertThat(doors.bound()).isEqualTo(bound);
  }

  @Test
  void pinnedSnapshotOutlivesPublish() throws Exception {
    publication.publish(loaded(1, "127.0.0.1:443"));
    Snapshot pinned = current.current();
    publication.publish(loaded(2, "127.0.0.1:443"));
    assertThat(pinned.revision()).isEqualTo(1);
    assertThat(pinned.listener("http")).isNotNull();
    assertThat(current.current().revision()).isEqualTo(2);
  }
}
