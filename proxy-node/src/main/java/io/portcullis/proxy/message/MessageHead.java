package io.portcullis.proxy.message;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/// The header lines of a parsed head where they lie, and what the parser learned from them. One instance belongs to one event loop; it
/// is valid until the next parse.
public abstract sealed class MessageHead permits ParsedRequest, ParsedResponse {

  static final byte[] UPGRADE_LINE = Chars.ascii("Connection: Upgrade\r\n");
  private static final byte[] CLOSE = Chars.ascii("close");
  private static final byte[] KEEP_ALIVE = Chars.ascii("keep-alive");
  private static final byte[] UPGRADE = Chars.ascii("upgrade");
  private static final byte[] CHUNKED = Chars.ascii("chunked");
  private static final byte[] NTLM = Chars.ascii("ntlm");
  private static final byte[] NEGOTIATE = Chars.ascii("negotiate");
  static final long NO_LENGTH = -1;
  private static final int NO_LINE = -1;
  private static final int SEVERAL_LINES = -2;

  /// 10^18 - 1 bytes; longer numbers cannot overflow because they are refused.
  private static final int LENGTH_DIGITS = 18;

  byte[] bytes = new byte[0];
  int end;
  int lines;
  final int[] lineStart = new int[Limits.HEADER_LINES + 1];
  final int[] nameEnd = new int[Limits.HEADER_LINES];
  final int[] valueStart = new int[Limits.HEADER_LINES];
  final int[] valueEnd = new int[Limits.HEADER_LINES];
  final Field[] field = new Field[Limits.HEADER_LINES];
  final boolean[] dropped = new boolean[Limits.HEADER_LINES];

  boolean http11;
  boolean close;
  boolean keepAlive;
  boolean chunked;
  boolean connectionAuth;
  long length;
  private int options;
  private boolean upgrades;
  private int upgradeLine;

  MessageHead() {
    Arrays.fill(field, Field.OTHER);
  }

  void reset(byte[] from, int headEnd) {
    bytes = from;
    end = headEnd;
    lines = 0;
    close = false;
    keepAlive = false;
    chunked = false;
    connectionAuth = false;
    length = NO_LENGTH;
    options = 0;
    upgrades = false;
    upgradeLine = NO_LINE;
  }

  /// Learns what a line means for framing and for the connection, whichever direction it goes.
  void learn(int line) throws MessageRefused {
    Field known = field[line];
    dropped[line] = known.isHopByHop();
    switch (known) {
      case CONTENT_LENGTH -> learnLength(line);
      case TRANSFER_ENCODING -> learnCoding(line);
      case CONNECTION -> learnConnection(line);
      case UPGRADE -> upgradeLine = upgradeLine == NO_LINE ? line : SEVERAL_LINES;
      case AUTHORIZATION, PROXY_AUTHORIZATION, WWW_AUTHENTICATE, PROXY_AUTHENTICATE ->
          connectionAuth |= namesConnectionAuth(valueStart[line], valueEnd[line]);
      case OTHER,
          HOST,
          PROXY_CONNECTION,
          KEEP_ALIVE,
          TE,
          HTTP2_SETTINGS,
          EXPECT,
          FORWARDED,
          X_FORWARDED -> {}
    }
  }

  private void learnLength(int line) throws MessageRefused {
    if (length != NO_LENGTH) {
      throw Refusal.SEVERAL_LENGTHS.thrown();
    }
    int from = valueStart[line];
    int to = valueEnd[line];
    if (from == to || to - from > LENGTH_DIGITS) {
      throw Refusal.BAD_LENGTH.thrown();
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      if (!Chars.DIGIT[bytes[i] & 0xff]) {
        throw Refusal.BAD_LENGTH.thrown();
      }
      value = value * 10 + bytes[i] - '0';
    }
    length = value;
  }

  private void learnCoding(int line) throws MessageRefused {
    if (chunked) {
      throw Refusal.SEVERAL_CODINGS.thrown();
    }
    if (!Chars.equalsIgnoreCase(bytes, valueStart[line], valueEnd[line], CHUNKED)) {
      throw Refusal.UNKNOWN_CODING.thrown();
    }
    chunked = true;
  }

  private void learnConnection(int line) throws MessageRefused {
    int to = valueEnd[line];
    for (int i = valueStart[line]; i < to; ) {
      int stop = i;
      while (stop < to && bytes[stop] != ',') {
        stop++;
      }
      int from = i;
      int until = stop;
      while (from < until && Chars.isSpace(bytes[from])) {
        from++;
      }
      while (until > from && Chars.isSpace(bytes[until - 1])) {
        until--;
      }
      learnOption(from, until);
      i = stop + 1;
    }
  }

  private void learnOption(int from, int until) throws MessageRefused {
    if (from == until) {
      return;
    }
    for (int i = from; i < until; i++) {
      if (!Chars.TOKEN[bytes[i] & 0xff]) {
        throw Refusal.BAD_CONNECTION.thrown();
      }
    }
    if (Chars.equalsIgnoreCase(bytes, from, until, CLOSE)) {
      close = true;
    } else if (Chars.equalsIgnoreCase(bytes, from, until, KEEP_ALIVE)) {
      keepAlive = true;
    } else if (Chars.equalsIgnoreCase(bytes, from, until, UPGRADE)) {
      upgrades = true;
    } else if (++options > Limits.CONNECTION_OPTIONS) {
      throw Refusal.BAD_CONNECTION.thrown();
    }
  }

  /// Drops the lines that `Connection` names. A sender may not name what is meant for all recipients (RFC 9110 §7.6.1): the names
  /// this proxy knows and needs stay, so that nobody can take Host, framing or credentials out of a request that way.
  void dropNamedLines() {
    if (options == 0) {
      return;
    }
    for (int line = 0; line < lines; line++) {
      if (field[line] == Field.OTHER && isNamed(lineStart[line], nameEnd[line])) {
        dropped[line] = true;
      }
    }
  }

  private boolean isNamed(int nameStart, int nameStop) {
    for (int line = 0; line < lines; line++) {
      if (field[line] != Field.CONNECTION) {
        continue;
      }
      int to = valueEnd[line];
      for (int i = valueStart[line]; i < to; ) {
        int stop = i;
        while (stop < to && bytes[stop] != ',' && !Chars.isSpace(bytes[stop])) {
          stop++;
        }
        if (Chars.sameIgnoreCase(bytes, i, stop, nameStart, nameStop)) {
          return true;
        }
        i = stop + 1;
      }
    }
    return false;
  }

  /// NTLM and Negotiate authenticate the connection, not the request. A list of challenges may name them anywhere.
  private boolean namesConnectionAuth(int from, int to) {
    for (int i = from; i < to; i++) {
      boolean atWord = i == from || bytes[i - 1] == ',' || Chars.isSpace(bytes[i - 1]);
      if (atWord
          && (Chars.startsWithIgnoreCase(bytes, i, to, NTLM)
              || Chars.startsWithIgnoreCase(bytes, i, to, NEGOTIATE))) {
        return true;
      }
    }
    return false;
  }

  /// Which of `known` this head asks for, or agrees to: one Upgrade line with one protocol, and Connection names it.
  ///
  /// @return -1 if none
  public final int upgrade(Upgrades known) {
    boolean asked = !known.isEmpty() && http11 && upgrades && upgradeLine >= 0;
    return asked ? known.find(bytes, valueStart[upgradeLine], valueEnd[upgradeLine]) : -1;
  }

  /// The Upgrade line goes on to the other side.
  final void keepUpgrade() {
    dropped[upgradeLine] = false;
  }

  /// True if a line of the first direction carries NTLM or Negotiate: the connection becomes private.
  public final boolean connectionAuth() {
    return connectionAuth;
  }

  public final boolean http11() {
    return http11;
  }

  /// The sender will keep the connection open after this message (RFC 9112 §9.3).
  public final boolean persistent() {
    return http11 ? !close : keepAlive && !close;
  }

  public final long contentLength() {
    return length;
  }

  /// Of the whole head, its empty line included.
  public final int headBytes() {
    return end;
  }

  public final byte[] bytes() {
    return bytes;
  }

  final boolean keepsAllLines() {
    for (int line = 0; line < lines; line++) {
      if (dropped[line]) {
        return false;
      }
    }
    return true;
  }

  /// Copies the head but for its last, empty line: whole runs of untouched lines at once.
  final void copyLines(ByteBuf out, int from) {
    int run = from;
    for (int line = 0; line < lines; line++) {
      if (dropped[line]) {
        out.writeBytes(bytes, run, lineStart[line] - run);
        run = lineStart[line + 1];
      }
    }
    out.writeBytes(bytes, run, lineStart[lines] - run);
  }

  /// Takes a line as offsets into the bytes of the head.
  public interface LineVisitor {
    void line(byte[] bytes, int nameStart, int nameEnd, int valueStart, int valueEnd);
  }

  /// Hands out the lines that are not a hop's own business, nor its framing, in order: what another version of HTTP carries on.
  public final void forEachLine(LineVisitor visitor) {
    for (int line = 0; line < lines; line++) {
      if (!dropped[line] && field[line] != Field.TRANSFER_ENCODING) {
        visitor.line(bytes, lineStart[line], nameEnd[line], valueStart[line], valueEnd[line]);
      }
    }
  }
}
