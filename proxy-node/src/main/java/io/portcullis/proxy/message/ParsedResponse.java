package io.portcullis.proxy.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;

/// A response head of a member, parsed. Anything doubtful in it is refused: a client could read the framing another way than we do.
public final class ParsedResponse extends MessageHead {

  private static final byte[] HTTP_1 = Chars.ascii("HTTP/1.");
  private static final byte[] CLOSE_LINE = Chars.ascii("Connection: close\r\n");
  private static final byte[] KEEP_LINE = Chars.ascii("Connection: keep-alive\r\n");
  private static final int STATUS_AT = 9;

  private int status;

  /// How the connection to the client goes on, as the head says it.
  public enum ConnectionLine {
    NOTHING,
    CLOSE,
    KEEP_ALIVE,
    UPGRADE
  }

  public void parse(byte[] from, int headEnd) throws MessageRefused {
    reset(from, headEnd);
    int next = statusLine();
    FieldLines.parse(this, next);
    if (chunked && (length != NO_LENGTH || !http11)) {
      throw (http11 ? Refusal.LENGTH_AND_CODING : Refusal.CODING_BEFORE_1_1).thrown();
    }
    // RFC 9112 §6.1: no Transfer-Encoding in 1xx and 204; clients disagree about what would follow.
    if (chunked && (status < 200 || status == 204)) {
      throw Refusal.UNKNOWN_CODING.thrown();
    }
  }

  private int statusLine() throws MessageRefused {
    if (end < STATUS_AT + 5
        || !Arrays.equals(bytes, 0, HTTP_1.length, HTTP_1, 0, HTTP_1.length)
        || bytes[STATUS_AT - 1] != Chars.SP) {
      throw Refusal.BAD_STATUS_LINE.thrown();
    }
    byte minor = bytes[HTTP_1.length];
    if (minor != '0' && minor != '1') {
      throw Refusal.BAD_STATUS_LINE.thrown();
    }
    http11 = minor == '1';
    status = 0;
    for (int i = STATUS_AT; i < STATUS_AT + 3; i++) {
      if (!Chars.DIGIT[bytes[i] & 0xff]) {
        throw Refusal.BAD_STATUS_LINE.thrown();
      }
      status = status * 10 + bytes[i] - '0';
    }
    int pos = STATUS_AT + 3;
    if (status < 100 || (bytes[pos] != Chars.SP && bytes[pos] != Chars.CR)) {
      throw Refusal.BAD_STATUS_LINE.thrown();
    }
    while (Chars.VALUE[bytes[pos] & 0xff]) {
      pos++;
    }
    return FieldLines.endOfLine(bytes, pos, Refusal.BAD_STATUS_LINE);
  }

  public int status() {
    return status;
  }

  public boolean isInterim() {
    return status < 200;
  }

  public BodyFraming framing(boolean answersHead) {
    if (answersHead || status < 200 || status == 204 || status == 304) {
      return BodyFraming.NONE;
    }
    if (chunked) {
      return BodyFraming.CHUNKED;
    }
    if (length == NO_LENGTH) {
      return BodyFraming.UNTIL_CLOSE;
    }
    return length == 0 ? BodyFraming.NONE : BodyFraming.LENGTH;
  }

  /// Nothing in it is the member's connection's own business, and the version is ours: [#toClient] without a word about the connection would
  /// give the bytes that came.
  public boolean staysAsItCame() {
    return http11 && keepsAllLines();
  }

  /// The head as the client gets it.
  ///
  /// @param withoutCoding the body leaves without its chunks because the client speaks HTTP/1.0
  public ByteBuf toClient(
      ByteBufAllocator allocator, ConnectionLine connection, boolean withoutCoding, int room) {
    if (withoutCoding) {
      for (int line = 0; line < lines; line++) {
        dropped[line] |= field[line] == Field.TRANSFER_ENCODING;
      }
    }
    if (connection == ConnectionLine.UPGRADE) {
      keepUpgrade();
    }
    ByteBuf out = allocator.directBuffer(end + KEEP_LINE.length + room);
    copyLines(out, 0);
    out.setByte(HTTP_1.length, '1');
    switch (connection) {
      case NOTHING -> {}
      case CLOSE -> out.writeBytes(CLOSE_LINE);
      case KEEP_ALIVE -> out.writeBytes(KEEP_LINE);
      case UPGRADE -> out.writeBytes(UPGRADE_LINE);
    }
    out.writeByte(Chars.CR).writeByte(Chars.LF);
    return out;
  }
}
