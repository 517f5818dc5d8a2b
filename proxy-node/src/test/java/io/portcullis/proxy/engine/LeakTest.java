package io.portcullis.proxy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.portcullis.proxy.Eventually;
import io.portcullis.proxy.message.Cases;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// Every buffer is given back, however an exchange ends. Netty's detector follows all of them (`paranoid`, set for all tests); it speaks
/// when a lost one is collected. A buffer that is lost on purpose shows that it has spoken.
class LeakTest {

  private static final String CANARY = "lost on purpose";
  private static final int ROUNDS = 150;

  private static final class Heard extends AppenderBase<ILoggingEvent> {
    final List<String> leaks = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      leaks.add(event.getFormattedMessage());
    }
  }

  @Test
  void nothingIsLostHoweverAnExchangeEnds() throws IOException {
    assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
    Logger detector = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
    Heard heard = new Heard();
    heard.start();
    detector.addAppender(heard);
    detector.setAdditive(false);
    try {
      disturb(true);
      disturb(false);
      loseOne();
      Eventually.eventually("the detector speaks", () -> speaks(heard));
      assertThat(heard.leaks).allMatch(leak -> leak.contains(CANARY));
    } finally {
      detector.detachAppender(heard);
      detector.setAdditive(true);
    }
  }

  private static boolean speaks(Heard heard) {
    System.gc();
    PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
    return heard.leaks.stream().anyMatch(leak -> leak.contains(CANARY));
  }

  private static void loseOne() {
    ByteBuf lost = PooledByteBufAllocator.DEFAULT.directBuffer(16);
    lost.touch(CANARY);
  }

  /// Cases of the framing corpus, cut off anywhere, to members that answer, break off or say nonsense.
  private static void disturb(boolean isPrivate) throws IOException {
    List<Cases.Case> cases = Cases.of("framing.txt");
    Random random = new Random(7);
    try (ScriptedMember member =
            new ScriptedMember((wire, number) -> {
              wire.readHead();
              switch (number % 5) {
                case 0 -> wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhalf");
                case 1 -> wire.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxyz");
                case 2 -> wire.send("nonsense\r\n\r\n");
                case 3 -> wire.send("HTTP/1.1 401 X\r\nContent-Length: 5\r\n\r\n");
                default -> wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
              }
              wire.socket().setSoLinger(number % 2 == 0, 0);
            });
        TestNode node = TestNode.of(TestNode.clearPool(isPrivate, member.port()))) {
      for (int i = 0; i < ROUNDS; i++) {
        byte[] bytes = cases.get(random.nextInt(cases.size())).bytes();
        try (Wire client = node.connect()) {
          if (i % 5 == 0) {
            // A body that nobody wants, in pieces.
            client.send("POST /denied HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n");
            client.readHead();
            client.send("x".repeat(4000));
          }
          client.send(java.util.Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length)));
          client.send("GET /second HTTP/1.1\r\nHost: a\r\n\r\n".repeat(random.nextInt(3)));
          client.socket().setSoTimeout(20);
          client.readToEnd();
        } catch (IOException _) {
          // Refused, cut off or silent: all of it is wanted.
        }
      }
    }
  }
}
