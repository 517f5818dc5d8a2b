package io.portcullis.proxy.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/// What the fuzzer calls for everything that reads bytes from a client or a member without TLS: the first byte says which reader, the
/// second how the rest is cut into pieces.
public final class MessageFuzzTarget {

  private static final int PREFIX = 2;

  private static final List<Function<List<byte[]>, String>> READERS =
      List.of(
          Reading::request,
          Reading::response,
          pieces -> Reading.chunked(pieces, false),
          pieces -> Reading.chunked(pieces, true));

  private MessageFuzzTarget() {}

  /// The name is the fuzzer's.
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length < PREFIX) {
      return;
    }
    int kind = Math.floorMod(data[0], READERS.size() + 1);
    byte[] bytes = Arrays.copyOfRange(data, PREFIX, data.length);
    if (kind == READERS.size()) {
      proxyHeader(bytes);
      return;
    }
    Function<List<byte[]>, String> reader = READERS.get(kind);
    String whole = reader.apply(List.of(bytes));
    String cut = reader.apply(Pieces.random(bytes, new SplittableRandom(data[1])));
    if (!whole.equals(cut)) {
      throw new AssertionError("at once: " + whole + ", in pieces: " + cut);
    }
  }

  /// Reads no more than there is, and what it took for a header is one without what follows, too.
  private static void proxyHeader(byte[] bytes) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    ProxyHeader header = ProxyHeader.read(in);
    if (in.readerIndex() != 0) {
      throw new AssertionError("reading moved the reader index");
    }
    if (header instanceof ProxyHeader.Complete complete) {
      if (complete.length() > bytes.length || complete.length() > ProxyHeader.MOST_BYTES) {
        throw new AssertionError("a header of " + complete.length() + " bytes");
      }
      ProxyHeader alone = ProxyHeader.read(Unpooled.wrappedBuffer(bytes, 0, complete.length()));
      if (!header.equals(alone)) {
        throw new AssertionError(header + " before more bytes, " + alone + " alone");
      }
    }
  }
}
