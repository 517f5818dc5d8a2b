package io.portcullis.proxy.message;

import io.netty.buffer.ByteBuf;

/// Knows where a body is: how many of the bytes that arrive belong to it. One per connection and direction, reused.
public final class BodyCursor {

  private final ChunkScanner chunks = new ChunkScanner();
  private BodyFraming framing = BodyFraming.NONE;
  private long remaining;
  private boolean unwrapping;

  public void begin(BodyFraming how, long length) {
    framing = how;
    remaining = how == BodyFraming.LENGTH ? length : 0;
    unwrapping = false;
    if (how == BodyFraming.CHUNKED) {
      chunks.reset();
    }
  }

  /// Passes chunk data only, for a client that does not know chunks (HTTP/1.0).
  public void unwrap() {
    unwrapping = framing == BodyFraming.CHUNKED;
  }

  /// @return how many bytes at the reader index belong to the body and are to be passed on; 0 only if `in` has none, or none that are
  ///     passed on
  public int take(ByteBuf in) throws MessageRefused {
    int available = in.readableBytes();
    return switch (framing) {
      case NONE -> 0;
      case UNTIL_CLOSE -> available;
      case LENGTH -> {
        int some = (int) Math.min(remaining, available);
        remaining -= some;
        yield some;
      }
      case CHUNKED -> unwrapping ? takeData(in) : takeChunks(in);
    };
  }

  private int takeChunks(ByteBuf in) throws MessageRefused {
    int from = in.readerIndex();
    return chunks.scan(in, from, in.writerIndex(), false) - from;
  }

  private int takeData(ByteBuf in) throws MessageRefused {
    in.readerIndex(chunks.scan(in, in.readerIndex(), in.writerIndex(), true));
    return chunks.isInData() ? chunks.passData(in.readableBytes()) : 0;
  }

  public boolean isDone() {
    return switch (framing) {
      case NONE -> true;
      case LENGTH -> remaining == 0;
      case CHUNKED -> chunks.isDone();
      case UNTIL_CLOSE -> false;
    };
  }

  public BodyFraming framing() {
    return framing;
  }
}
