package io.portcullis.proxy.message;

/// Reads header lines in one pass. The head ends with a line feed, and no table admits one, so every inner loop stops in time.
final class FieldLines {

  private FieldLines() {}

  /// @param at start of the first header line
  static void parse(MessageHead head, int at) throws MessageRefused {
    byte[] bytes = head.bytes;
    int line = 0;
    int pos = at;
    while (bytes[pos] != Chars.CR) {
      if (line == Limits.HEADER_LINES) {
        throw Refusal.HEAD_TOO_LARGE.thrown();
      }
      head.lineStart[line] = pos;
      pos = name(head, line, pos);
      pos = value(head, line, pos);
      head.field[line] = Field.of(bytes, head.lineStart[line], head.nameEnd[line]);
      head.learn(line);
      line++;
      head.lines = line;
    }
    if (bytes[pos + 1] != Chars.LF) {
      throw Refusal.BARE_CR.thrown();
    }
    head.lineStart[line] = pos;
    head.dropNamedLines();
  }

  private static int name(MessageHead head, int line, int start) throws MessageRefused {
    byte[] bytes = head.bytes;
    int pos = start;
    while (Chars.TOKEN[bytes[pos] & 0xff]) {
      pos++;
    }
    byte stop = bytes[pos];
    if (stop == ':' && pos > start) {
      head.nameEnd[line] = pos;
      return pos + 1;
    }
    if (stop == Chars.LF) {
      throw Refusal.BARE_LF.thrown();
    }
    if (Chars.isSpace(stop)) {
      throw (pos == start ? Refusal.OBS_FOLD : Refusal.SPACE_BEFORE_COLON).thrown();
    }
    throw Refusal.BAD_FIELD_NAME.thrown();
  }

  private static int value(MessageHead head, int line, int start) throws MessageRefused {
    byte[] bytes = head.bytes;
    int pos = start;
    while (Chars.isSpace(bytes[pos])) {
      pos++;
    }
    head.valueStart[line] = pos;
    pos = Words.endOfValue(bytes, pos);
    int after = endOfLine(bytes, pos, Refusal.CONTROL);
    int stop = pos;
    while (stop > head.valueStart[line] && Chars.isSpace(bytes[stop - 1])) {
      stop--;
    }
    head.valueEnd[line] = stop;
    return after;
  }

  /// @return the position after CRLF
  static int endOfLine(byte[] bytes, int pos, Refusal otherwise) throws MessageRefused {
    byte stop = bytes[pos];
    if (stop == Chars.CR) {
      // A head never ends with CR, so there is a next byte.
      if (bytes[pos + 1] == Chars.LF) {
        return pos + 2;
      }
      throw Refusal.BARE_CR.thrown();
    }
    throw (stop == Chars.LF ? Refusal.BARE_LF : otherwise).thrown();
  }
}
