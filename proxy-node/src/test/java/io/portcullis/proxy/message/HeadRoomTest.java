package io.portcullis.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HeadRoomTest {

  private final HeadRoom room = new HeadRoom(5_000);
  private final byte[] scratch = new byte[64 * 1024];

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }

  @Test
  void aHeadInPiecesTakesRoomUntilItIsWhole() throws Exception {
    HeadCollector heads = HeadCollector.ofRequests(room);
    assertThat(heads.collect(bytes("GET / HTTP/1.1\r\nX: " + "y".repeat(900)), scratch)).isZero();
    assertThat(room.held()).isPositive();
    int length = heads.collect(bytes("\r\n\r\n"), scratch);
    assertThat(length).isPositive();
    assertThat(room.held()).isZero();
    assertThat(heads.take()).hasSizeGreaterThanOrEqualTo(length);
    assertThat(heads.take()).as("given away").isEmpty();
  }

  @Test
  void growthBeyondTheRoomIsRefusedAndADropGivesItBack() throws Exception {
    HeadCollector heads = HeadCollector.ofRequests(room);
    assertThat(heads.collect(bytes("GET / HTTP/1.1\r\nX: " + "y".repeat(2000)), scratch)).isZero();
    assertThatExceptionOfType(MessageRefused.class)
        .isThrownBy(() -> heads.collect(bytes("y".repeat(4000)), scratch))
        .matches(refused -> refused.refusal() == Refusal.NO_ROOM);
    heads.drop();
    heads.drop();
    assertThat(room.held()).isZero();
  }

  @Test
  void aWholeHeadNeedsNone() throws Exception {
    HeadCollector heads = HeadCollector.ofRequests(new HeadRoom(0));
    assertThat(heads.collect(bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), scratch)).isPositive();
  }
}
