package io.portcullis.proxy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.util.ResourceLeakDetector;
import io.portcullis.proxy.message.Transport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What one exchange leaves for the garbage collector on its event loop: counted by the JVM, not timed, and so the same on any
/// machine. A bound that is broken means that something on the request path began to make objects.
@SuppressWarnings("StringConcatToTextBlock") // line ends are the subject
class AllocationTest {

  /// Enough that classes are loaded, caches and the connection to the member are there.
  private static final int WARM_UP = 300;

  private static final int EXCHANGES = 200;

  /// The least of these counts: what else happens on a loop now and then is no part of an exchange.
  private static final int BATCHES = 3;

  /// It is some 560, interpreted and compiled alike: the exchange, its access record, its timers. Room for one feature more.
  private static final long MOST_BYTES = 700;

  /// A slice of a shared receive buffer and an operation's record, for each of two reads and two writes.
  private static final long OF_IO_URING = 350;

  private static final String GET =
      "GET /meet/user/K3R7Q?sl=1 HTTP/1.1\r\nHost: webext01.contoso.com\r\n"
          + "User-Agent: test\r\nAccept: */*\r\nCookie: a=b\r\n\r\n";

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Set<Long> before = ids();
  private ResourceLeakDetector.Level level = ResourceLeakDetector.Level.SIMPLE;

  @BeforeEach
  void leaveLeaksToOtherTests() {
    level = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
  }

  @AfterEach
  void watchForLeaksAgain() {
    ResourceLeakDetector.setLevel(level);
  }

  private static Set<Long> ids() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("portcullis-loop"))
        .map(Thread::threadId)
        .collect(Collectors.toSet());
  }

  /// By the event loops that were not there before this test.
  private long allocated() {
    long[] loops = ids().stream().filter(id -> !before.contains(id)).mapToLong(id -> id).toArray();
    assertThat(loops).isNotEmpty();
    return Arrays.stream(threads.getThreadAllocatedBytes(loops)).sum();
  }

  private static void exchange(Wire client, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      assertThat(client.send(GET).read().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @MethodSource("io.portcullis.proxy.engine.ForwardingTest#transports")
  void anExchangeOnKeptConnectionsAllocatesLittle(Transport transport) throws IOException {
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node = TestNode.of(TestNode.clearPool(true, member.port()), transport);
        Wire client = node.connect()) {
      exchange(client, WARM_UP);
      long least = Long.MAX_VALUE;
      for (int batch = 0; batch < BATCHES; batch++) {
        long start = allocated();
        exchange(client, EXCHANGES);
        least = Math.min(least, (allocated() - start) / EXCHANGES);
      }
      assertThat(least)
          .as("bytes for each exchange")
          .isLessThan(MOST_BYTES + (transport == Transport.IO_URING ? OF_IO_URING : 0));
    }
  }
}
