package io.portcullis.proxy.secure;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Our end of a TLS connection against Java's.
class RecordsTest {

  private static final int SEEDS = 60;

  @ParameterizedTest
  @CsvSource({"true,TLSv1.3", "true,TLSv1.2", "false,TLSv1.3", "false,TLSv1.2"})
  void whatIsWrittenArrivesHoweverItIsCut(boolean server, String version) throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      try (Line line = new Line(server, version, random)) {
        line.settle();
        ByteArrayOutputStream fromUs = new ByteArrayOutputStream();
        ByteArrayOutputStream fromThem = new ByteArrayOutputStream();
        List<ChannelFuture> told = new ArrayList<>();
        for (int round = random.nextInt(12); round >= 0; round--) {
          told.addAll(say(line.ourEnd(), fromUs, random));
          told.addAll(say(line.theirEnd(), fromThem, random));
          line.settle();
        }
        assertThat(line.theirs.heard.toByteArray())
            .as("to them, seed %d", seed)
            .isEqualTo(fromUs.toByteArray());
        assertThat(line.ours.heard.toByteArray())
            .as("to us, seed %d", seed)
            .isEqualTo(fromThem.toByteArray());
        assertThat(told).as("seed %d", seed).allMatch(ChannelFuture::isSuccess);
        assertThat(line.ours.failures).as("seed %d", seed).isEmpty();
      }
    }
  }

  /// Some writes of any size, on the heap, outside it, or of several pieces, and one flush.
  private static List<ChannelFuture> say(
      EmbeddedChannel end, ByteArrayOutputStream said, Random random) {
    List<ChannelFuture> told = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      byte[] bytes = new byte[length(random)];
      random.nextBytes(bytes);
      said.writeBytes(bytes);
      int cut = random.nextInt(bytes.length + 1);
      ByteBuf buffer =
          switch (random.nextInt(3)) {
            case 0 -> Unpooled.wrappedBuffer(bytes);
            case 1 -> Unpooled.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
            default ->
                Unpooled.wrappedBuffer(
                    Unpooled.directBuffer(cut + 1).writeBytes(bytes, 0, cut),
                    Unpooled.directBuffer(bytes.length - cut + 1)
                        .writeBytes(bytes, cut, bytes.length - cut));
          };
      told.add(end.write(buffer));
    }
    end.flush();
    return told;
  }

  private static int length(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> random.nextInt(100);
      case 2 -> random.nextInt(5_000);
      default -> random.nextInt(100_000);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void aSpoiltRecordEndsTheConnectionWithAnAlertAndGivesNothingAway(String version)
      throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      try (Line line = new Line(true, version, random)) {
        line.settle();
        line.theirEnd().writeOutbound(Unpooled.wrappedBuffer(new byte[3_000]));
        ByteBuf record = line.theirEnd().readOutbound();
        int at = random.nextInt(record.readableBytes());
        record.setByte(at, record.getByte(at) ^ 1 << random.nextInt(8));
        line.ourEnd().writeInbound(record);
        // A length that grew is waited for; the connection's deadline ends that.
        boolean waits = line.ourEnd().isActive();
        assertThat(line.ours.heard.size()).as("seed %d", seed).isZero();
        if (waits) {
          assertThat(at).as("seed %d", seed).isBetween(3, 4);
        } else {
          assertThat(line.ours.failures)
              .as("seed %d", seed)
              .hasOnlyElementsOfType(SSLException.class);
          ByteBuf alert = line.ourEnd().readOutbound();
          assertThat(alert).as("seed %d", seed).isNotNull();
          alert.release();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void theirLastWordClosesAConnectionThatDoesNotHaveHalves(String version) throws Exception {
    try (Line line = new Line(true, version, new Random(1))) {
      line.settle();
      line.theirEnd().writeOutbound(Unpooled.wrappedBuffer(new byte[] {1, 2, 3}));
      line.theirEnd().pipeline().get(SslHandler.class).closeOutbound();
      line.settle();

      assertThat(line.ours.heard.toByteArray()).containsExactly(1, 2, 3);
      assertThat(line.ours.events).contains(SslCloseCompletionEvent.SUCCESS);
      assertThat(line.ours.failures).isEmpty();
      assertThat(line.ourEnd().isActive()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void ourLastWordLeavesTheirDirectionOpen(String version) throws Exception {
    try (Line line = new Line(true, version, new Random(1))) {
      line.settle();
      line.ourEnd().pipeline().get(Records.class).closeOutbound();
      ChannelFuture late = line.ourEnd().write(Unpooled.wrappedBuffer(new byte[] {1}));
      assertThat(late.isSuccess()).isFalse();
      assertThat(late.isDone()).isTrue();
      assertThat(line.ourEnd().isActive()).isTrue();
    }
  }

  @Test
  void closingSaysSoAndFailsWhatWasNotFlushed() throws Exception {
    try (Line line = new Line(true, "TLSv1.3", new Random(1))) {
      line.settle();
      ChannelFuture unsaid = line.ourEnd().write(Unpooled.wrappedBuffer(new byte[] {1}));
      line.ourEnd().close();
      line.settle();

      assertThat(unsaid.cause()).isNotNull();
      assertThat(line.theirs.events).contains(SslCloseCompletionEvent.SUCCESS);
      assertThat(line.theirs.heard.size()).isZero();
    }
  }

  @Test
  void nothingLeavesInClearBeforeTheHandshakeIsDone() throws Exception {
    try (Line line = new Line(true, "TLSv1.3", new Random(1))) {
      ChannelFuture early = line.ourEnd().writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));

      assertThat(early.cause()).isInstanceOf(IllegalStateException.class);
      assertThat(line.ourEnd().<Object>readOutbound()).isNull();
      line.settle();
      assertThat(line.ours.events).contains(SslHandshakeCompletionEvent.SUCCESS);
    }
  }

  @Test
  void nativeMemoryGoesWithTheConnection() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (Line line = new Line(true, "TLSv1.3", new Random(i))) {
        line.settle();
        Records records = line.ourEnd().pipeline().get(Records.class);
        assertThat(records.isOpen()).isTrue();
        line.ourEnd().close();
        line.ourEnd().runPendingTasks();
        assertThat(records.isOpen()).isFalse();
      }
    }
  }
}
