package io.portcullis.proxy.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.List;

/// Reads messages in given pieces and says in one line what was understood, so that readings can be compared.
final class Reading {

  static final String MORE = "more";

  private static final byte[] SCRATCH = new byte[Limits.HEAD_BYTES];

  private Reading() {}

  static String request(List<byte[]> pieces) {
    HeadCollector collector = HeadCollector.ofRequests(HeadRoom.unbounded());
    byte[] scratch = SCRATCH.clone();
    try {
      for (byte[] piece : pieces) {
        int length = collector.collect(Unpooled.wrappedBuffer(piece), scratch);
        if (length > 0) {
          ParsedRequest head = new ParsedRequest();
          head.parse(collector.take(), length);
          return describe(head);
        }
      }
      return MORE;
    } catch (MessageRefused refused) {
      return refused.refusal().name();
    }
  }

  private static String describe(ParsedRequest head) {
    return "ok host="
        + text(head.bytes(), head.hostStart(), head.hostEnd())
        + " path="
        + text(head.bytes(), head.pathStart(), head.pathEnd())
        + " "
        + framing(head.framing(), head.contentLength())
        + (head.persistent() ? " keep" : " close")
        + (head.expectContinue() ? " expect" : "")
        + (head.connectionAuth() ? " auth" : "");
  }

  static String response(List<byte[]> pieces) {
    HeadCollector collector = HeadCollector.ofResponses();
    byte[] scratch = SCRATCH.clone();
    try {
      for (byte[] piece : pieces) {
        int length = collector.collect(Unpooled.wrappedBuffer(piece), scratch);
        if (length > 0) {
          ParsedResponse head = new ParsedResponse();
          head.parse(collector.take(), length);
          return "ok "
              + head.status()
              + " "
              + framing(head.framing(false), head.contentLength())
              + (head.persistent() ? " keep" : " close")
              + (head.connectionAuth() ? " auth" : "");
        }
      }
      return MORE;
    } catch (MessageRefused refused) {
      return refused.refusal().name();
    }
  }

  /// @return the data in quotes, and after `¶` what was left behind the body
  static String chunked(List<byte[]> pieces, boolean unwrap) {
    BodyCursor cursor = new BodyCursor();
    cursor.begin(BodyFraming.CHUNKED, MessageHead.NO_LENGTH);
    if (unwrap) {
      cursor.unwrap();
    }
    ByteArrayOutputStream taken = new ByteArrayOutputStream();
    ByteArrayOutputStream left = new ByteArrayOutputStream();
    try {
      for (byte[] piece : pieces) {
        ByteBuf in = Unpooled.wrappedBuffer(piece);
        while (in.isReadable() && !cursor.isDone()) {
          byte[] part = new byte[cursor.take(in)];
          in.readBytes(part);
          taken.writeBytes(part);
        }
        byte[] rest = new byte[in.readableBytes()];
        in.readBytes(rest);
        left.writeBytes(rest);
      }
    } catch (MessageRefused refused) {
      return refused.refusal().name();
    }
    String behind = left.size() == 0 ? "" : "¶" + left.toString(ISO_8859_1);
    return cursor.isDone() ? "'" + taken.toString(ISO_8859_1) + "'" + behind : MORE;
  }

  private static String framing(BodyFraming framing, long length) {
    return framing == BodyFraming.LENGTH ? "LENGTH:" + length : framing.name();
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, ISO_8859_1);
  }
}
