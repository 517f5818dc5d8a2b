package io.portcullis.proxy.message;

import io.netty.buffer.ByteBuf;

/// Follows a chunked body (RFC 9112 §7.1) to find its end. Strict: CRLF everywhere, hexadecimal sizes without sign or space, bounded
/// extensions and trailers. Chunk data is skipped, not looked at.
final class ChunkScanner {

  private enum At {
    SIZE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER_START,
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    LAST_LF,
    DONE
  }

  private At at = At.SIZE;
  private long remaining;
  private int digits;
  private int extension;
  private int trailer;

  void reset() {
    at = At.SIZE;
    remaining = 0;
    digits = 0;
    extension = 0;
    trailer = 0;
  }

  boolean isDone() {
    return at == At.DONE;
  }

  boolean isInData() {
    return at == At.DATA;
  }

  /// Follows the body from `from` up to its end or to `to`.
  ///
  /// @param stopAtData return where chunk data begins instead of passing it
  /// @return the position after the last byte that belongs to the body so far
  int scan(ByteBuf in, int from, int to, boolean stopAtData) throws MessageRefused {
    int pos = from;
    while (pos < to && at != At.DONE) {
      if (at == At.DATA) {
        if (stopAtData) {
          return pos;
        }
        pos += passData(to - pos);
      } else {
        step(in.getByte(pos));
        pos++;
      }
    }
    return pos;
  }

  /// @return how many of `available` bytes are data of the current chunk, now passed
  int passData(int available) {
    int some = (int) Math.min(remaining, available);
    remaining -= some;
    if (remaining == 0) {
      at = At.DATA_CR;
    }
    return some;
  }

  private void step(byte b) throws MessageRefused {
    switch (at) {
      case SIZE -> size(b);
      case EXTENSION -> extension(b);
      case SIZE_LF -> {
        expect(b, Chars.LF);
        digits = 0;
        extension = 0;
        at = remaining == 0 ? At.TRAILER_START : At.DATA;
      }
      case DATA_CR -> {
        expect(b, Chars.CR);
        at = At.DATA_LF;
      }
      case DATA_LF -> {
        expect(b, Chars.LF);
        at = At.SIZE;
      }
      case TRAILER_START -> trailerStart(b);
      case TRAILER_NAME -> {
        if (b == ':') {
          at = At.TRAILER_VALUE;
        } else {
          refuseUnless(Chars.TOKEN[b & 0xff]);
        }
        countTrailer();
      }
      case TRAILER_VALUE -> {
        if (b == Chars.CR) {
          at = At.TRAILER_LF;
        } else {
          refuseUnless(Chars.VALUE[b & 0xff]);
        }
        countTrailer();
      }
      case TRAILER_LF -> {
        expect(b, Chars.LF);
        at = At.TRAILER_START;
      }
      case LAST_LF -> {
        expect(b, Chars.LF);
        at = At.DONE;
      }
      case DATA, DONE -> throw new IllegalStateException("no framing byte is due");
    }
  }

  private void size(byte b) throws MessageRefused {
    int digit = Character.digit(b, 16);
    if (digit >= 0) {
      refuseUnless(++digits <= Limits.CHUNK_SIZE_DIGITS);
      remaining = (digits == 1 ? 0 : remaining << 4) + digit;
      return;
    }
    refuseUnless(digits > 0);
    if (b == Chars.CR) {
      at = At.SIZE_LF;
    } else {
      // Bad white space before an extension is allowed by the grammar and used in attacks: refused.
      expect(b, (byte) ';');
      at = At.EXTENSION;
    }
  }

  private void extension(byte b) throws MessageRefused {
    if (b == Chars.CR) {
      at = At.SIZE_LF;
      return;
    }
    refuseUnless(Chars.VALUE[b & 0xff] && ++extension <= Limits.CHUNK_EXTENSION_BYTES);
  }

  private void trailerStart(byte b) throws MessageRefused {
    if (b == Chars.CR) {
      at = At.LAST_LF;
      return;
    }
    refuseUnless(Chars.TOKEN[b & 0xff]);
    countTrailer();
    at = At.TRAILER_NAME;
  }

  private void countTrailer() throws MessageRefused {
    refuseUnless(++trailer <= Limits.TRAILER_BYTES);
  }

  private static void expect(byte b, byte wanted) throws MessageRefused {
    refuseUnless(b == wanted);
  }

  private static void refuseUnless(boolean fine) throws MessageRefused {
    if (!fine) {
      throw Refusal.BAD_CHUNK.thrown();
    }
  }
}
