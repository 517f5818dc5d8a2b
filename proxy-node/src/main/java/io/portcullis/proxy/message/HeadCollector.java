package io.portcullis.proxy.message;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Finds the end of a head, in whatever pieces it arrives. A head that comes whole is copied once, into the loop's scratch array; only
/// a head that comes in pieces gets an array of its own, so an idle connection holds nothing.
///
/// Each byte is looked at once here and once by the parser, however small the pieces: dripping costs the sender, not us.
public final class HeadCollector {

  private static final int FIRST_COPY = 4 * 1024;
  private static final int HELD_LEAST = 1024;
  private static final byte[] NONE = {};
  private static final int NONE_YET = -1;
  private static final HeadRoom MEMBERS = HeadRoom.unbounded();

  private byte @Nullable [] held;
  private byte[] found = NONE;
  private int length;
  private int lineEnd;
  private int lastLineFeed;
  private int emptyLine;
  private final boolean ofRequests;
  private final HeadRoom room;

  private HeadCollector(boolean ofRequests, HeadRoom room) {
    this.ofRequests = ofRequests;
    this.room = room;
  }

  /// One empty line before a request is skipped (RFC 9112 §2.2): old clients end a POST with one.
  ///
  /// @param room shared by all clients of a node
  public static HeadCollector ofRequests(HeadRoom room) {
    return new HeadCollector(true, room);
  }

  public static HeadCollector ofResponses() {
    return new HeadCollector(false, MEMBERS);
  }

  /// Takes bytes up to the end of the head and no further.
  ///
  /// @return the length of the head, which lies at 0 in what [#take()] gives; 0 if more bytes are needed
  public int collect(ByteBuf in, byte[] scratch) throws MessageRefused {
    if (held != null) {
      return collectHeld(in, held);
    }
    if (ofRequests) {
      skipEmptyLine(in);
    }
    if (!in.isReadable()) {
      return 0;
    }
    // Whoever speaks TLS, or something else, to a clear port need not wait for the time-out to hear
    // it.
    if (emptyLine == 1 || !Chars.TOKEN[in.getByte(in.readerIndex()) & 0xff]) {
      throw (ofRequests ? Refusal.BAD_METHOD : Refusal.BAD_STATUS_LINE).thrown();
    }
    begin();
    return collectWhole(in, scratch);
  }

  private void skipEmptyLine(ByteBuf in) {
    if (emptyLine == 0 && in.isReadable() && in.getByte(in.readerIndex()) == Chars.CR) {
      in.skipBytes(1);
      emptyLine = 1;
    }
    if (emptyLine == 1 && in.isReadable() && in.getByte(in.readerIndex()) == Chars.LF) {
      in.skipBytes(1);
      emptyLine = 2;
    }
  }

  private void begin() {
    length = 0;
    lineEnd = 0;
    lastLineFeed = NONE_YET;
  }

  private int collectWhole(ByteBuf in, byte[] scratch) throws MessageRefused {
    int available = Math.min(in.readableBytes(), scratch.length);
    int copied = 0;
    while (copied < available) {
      int piece = Math.min(available - copied, copied == 0 ? FIRST_COPY : available);
      in.getBytes(in.readerIndex() + copied, scratch, copied, piece);
      copied += piece;
      int headEnd = scan(scratch, copied);
      if (headEnd > 0) {
        in.skipBytes(headEnd);
        found = scratch;
        emptyLine = 0;
        return headEnd;
      }
    }
    in.skipBytes(copied);
    hold(scratch, Math.max(HELD_LEAST, copied * 2));
    return 0;
  }

  private int collectHeld(ByteBuf in, byte[] soFar) throws MessageRefused {
    byte[] array = soFar;
    while (in.isReadable()) {
      int before = length;
      int piece = Math.min(in.readableBytes(), FIRST_COPY);
      if (before + piece > array.length) {
        array = hold(array, Math.max(array.length * 2, before + piece));
      }
      in.getBytes(in.readerIndex(), array, before, piece);
      int headEnd = scan(array, before + piece);
      if (headEnd > 0) {
        in.skipBytes(headEnd - before);
        found = array;
        emptyLine = 0;
        drop();
        return headEnd;
      }
      in.skipBytes(piece);
    }
    return 0;
  }

  private byte[] hold(byte[] from, int bytes) throws MessageRefused {
    if (!room.take(bytes - (held == null ? 0 : held.length))) {
      throw Refusal.NO_ROOM.thrown();
    }
    byte[] array = Arrays.copyOf(from, bytes);
    held = array;
    return array;
  }

  /// The rest of a head will not come any more.
  public void drop() {
    if (held != null) {
      room.giveBack(held.length);
      held = null;
    }
  }

  /// Looks for LF LF or LF CR LF (a bare LF is refused later, by the parser, in the same words however the bytes came).
  private int scan(byte[] array, int until) throws MessageRefused {
    int last = lastLineFeed;
    for (int i = Words.lineFeed(array, length, until);
        i < until;
        i = Words.lineFeed(array, i + 1, until)) {
      if (last >= 0 && (i - last == 1 || (i - last == 2 && array[i - 1] == Chars.CR))) {
        checkLimits(i + 1, true);
        return i + 1;
      }
      if (lineEnd == 0) {
        lineEnd = i + 1;
      }
      last = i;
    }
    length = until;
    lastLineFeed = last;
    checkLimits(until, false);
    return 0;
  }

  private void checkLimits(int seen, boolean complete) throws MessageRefused {
    int line = lineEnd == 0 ? seen : lineEnd;
    int longest = Limits.REQUEST_LINE_BYTES + 2;
    if (line > longest || (lineEnd == 0 && line == longest)) {
      throw Refusal.LINE_TOO_LONG.thrown();
    }
    int block = seen - line;
    if (block > Limits.HEADER_BLOCK_BYTES || (!complete && block == Limits.HEADER_BLOCK_BYTES)) {
      throw Refusal.HEAD_TOO_LARGE.thrown();
    }
  }

  /// The head's bytes, given away: an answer may take half an hour, and the connection holds none meanwhile.
  public byte[] take() {
    byte[] bytes = found;
    found = NONE;
    return bytes;
  }

  /// Part of a head has arrived, the rest has not.
  public boolean isStarted() {
    return held != null;
  }
}
