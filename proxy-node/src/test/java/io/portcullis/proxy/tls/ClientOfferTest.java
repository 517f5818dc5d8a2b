package io.portcullis.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.portcullis.proxy.snapshot.KeyKind;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Hellos by hand: what they offer, and that none of them can do harm.
class ClientOfferTest {

  private static final int GROUPS = 10;
  private static final int SCHEMES = 13;
  private static final int PROTOCOLS = 16;
  private static final int VERSIONS = 43;

  private static ByteBuf hello(int[] suites, ByteBuf... extensions) {
    ByteBuf out = Unpooled.buffer().writeShort(0x0303).writeZero(32).writeByte(0);
    out.writeShort(suites.length * 2);
    for (int suite : suites) {
      out.writeShort(suite);
    }
    out.writeByte(1).writeByte(0);
    ByteBuf all = Unpooled.wrappedBuffer(extensions);
    return out.writeShort(all.readableBytes()).writeBytes(all);
  }

  private static ByteBuf extension(int type, int... numbers) {
    ByteBuf out = Unpooled.buffer().writeShort(type);
    if (type == VERSIONS) {
      out.writeShort(numbers.length * 2 + 1).writeByte(numbers.length * 2);
    } else {
      out.writeShort(numbers.length * 2 + 2).writeShort(numbers.length * 2);
    }
    for (int number : numbers) {
      out.writeShort(number);
    }
    return out;
  }

  private static ByteBuf protocols(String... names) {
    ByteBuf list = Unpooled.buffer();
    for (String name : names) {
      list.writeByte(name.length());
      list.writeCharSequence(name, java.nio.charset.StandardCharsets.US_ASCII);
    }
    return Unpooled.buffer()
        .writeShort(PROTOCOLS)
        .writeShort(list.readableBytes() + 2)
        .writeShort(list.readableBytes())
        .writeBytes(list);
  }

  private static final int[] TLS13_SUITES = {0x1301, 0x1302};
  private static final int[] RSA_SUITES = {0xC02F, 0xC013};
  private static final int[] ECDSA_SUITES = {0xC02B, 0xC02F};
  private static final int[] CBC_SUITES = {0xC009, 0xC013};

  @Test
  void tls13SaysWhichCurveItVerifies() {
    ClientOffer offer =
        ClientOffer.read(
            hello(TLS13_SUITES, extension(VERSIONS, 0x0304), extension(SCHEMES, 0x0403, 0x0804)));
    assertThat(offer.verifies(KeyKind.P256)).isTrue();
    assertThat(offer.verifies(KeyKind.P384)).isFalse();
    assertThat(offer.verifies(KeyKind.ED25519)).isFalse();
    assertThat(offer.verifies(KeyKind.RSA)).isTrue();
  }

  @Test
  void olderVersionsNeedASuiteASchemeAndTheGroup() {
    ByteBuf schemes = extension(SCHEMES, 0x0603, 0x0401);
    ByteBuf p256 = extension(GROUPS, 23);
    assertThat(
            ClientOffer.read(hello(ECDSA_SUITES, schemes.copy(), p256.copy()))
                .verifies(KeyKind.P256))
        .isTrue();
    assertThat(
            ClientOffer.read(hello(RSA_SUITES, schemes.copy(), p256.copy())).verifies(KeyKind.P256))
        .isFalse();
    assertThat(
            ClientOffer.read(hello(ECDSA_SUITES, extension(SCHEMES, 0x0401), p256.copy()))
                .verifies(KeyKind.P256))
        .isFalse();
    assertThat(
            ClientOffer.read(hello(ECDSA_SUITES, schemes.copy(), extension(GROUPS, 24)))
                .verifies(KeyKind.P256))
        .isFalse();
    // TLS 1.0 has no extension for schemes, and the oldest clients none for groups.
    assertThat(ClientOffer.read(hello(ECDSA_SUITES)).verifies(KeyKind.P256)).isTrue();
  }

  @Test
  void http2NeedsItsNameAndASuiteItAllows() {
    assertThat(ClientOffer.read(hello(ECDSA_SUITES, protocols("http/1.1", "h2"))).http2()).isTrue();
    assertThat(ClientOffer.read(hello(ECDSA_SUITES, protocols("http/1.1", "h3"))).http2())
        .isFalse();
    assertThat(ClientOffer.read(hello(CBC_SUITES, protocols("h2"))).http2()).isFalse();
    assertThat(ClientOffer.read(hello(ECDSA_SUITES)).http2()).isFalse();
  }

  @Test
  void noHelloDoesHarm() {
    byte[] good =
        io.netty.buffer.ByteBufUtil.getBytes(
            hello(
                ECDSA_SUITES,
                extension(VERSIONS, 0x0304),
                extension(SCHEMES, 0x0403),
                extension(GROUPS, 23),
                protocols("h2")));
    for (long seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = good.clone();
      for (int i = random.nextInt(4); i > 0; i--) {
        bytes[34 + random.nextInt(bytes.length - 34)] = (byte) random.nextInt();
      }
      ByteBuf hello = Unpooled.wrappedBuffer(bytes, 0, random.nextInt(bytes.length + 1));
      assertThatCode(() -> ClientOffer.read(hello).verifies(KeyKind.P256))
          .as("seed %d", seed)
          .doesNotThrowAnyException();
      assertThat(hello.readerIndex()).isZero();
    }
  }
}
