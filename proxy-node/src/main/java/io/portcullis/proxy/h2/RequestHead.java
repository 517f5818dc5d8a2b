package io.portcullis.proxy.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request head of HTTP/2 as one of HTTP/1.1 (RFC 9113 §8.2, §8.3). The engine's own parser reads the result and judges it as any other;
/// here only what has no counterpart in HTTP/1.1 is judged, and nothing is written that could end a line, a head or a message early.
///
/// Framing is made here and nowhere else: `Content-Length` if the client gave one, chunks if it did not and the stream goes on.
final class RequestHead {

  private static final AsciiString COOKIE = AsciiString.cached("cookie");
  private static final int CONTENT_LENGTH_DIGITS = 18;
  static final long NO_LENGTH = -1;

  private final Http2Headers headers;
  private final boolean ends;
  private final CharSequence method;
  private final CharSequence path;
  private CharSequence host = "";
  private @Nullable CharSequence authorityOfHost;
  private long length = NO_LENGTH;

  private RequestHead(Http2Headers headers, boolean ends) throws MalformedRequest {
    this.headers = headers;
    this.ends = ends;
    this.method = required(headers.method());
    this.path = required(headers.path());
    judge();
  }

  /// @param ends no body follows
  static RequestHead of(Http2Headers headers, boolean ends) throws MalformedRequest {
    return new RequestHead(headers, ends);
  }

  private static CharSequence required(@Nullable CharSequence value) throws MalformedRequest {
    if (value == null || value.isEmpty()) {
      throw MalformedRequest.protocol();
    }
    return value;
  }

  private void judge() throws MalformedRequest {
    if (!AsciiString.contentEqualsIgnoreCase("https", required(headers.scheme()))) {
      throw MalformedRequest.protocol();
    }
    checkNoSpace(method);
    checkNoSpace(path);
    for (Map.Entry<CharSequence, CharSequence> header : headers) {
      judge(header.getKey(), header.getValue());
    }
    CharSequence authority = headers.authority();
    CharSequence field = authorityOfHost;
    if (authority != null
        && field != null
        && !AsciiString.contentEqualsIgnoreCase(authority, field)) {
      throw MalformedRequest.protocol();
    }
    host = required(authority != null ? authority : field);
    checkNoSpace(host);
    if (ends && length > 0) {
      throw MalformedRequest.protocol();
    }
  }

  /// Anything that the request line would end at, or a parser could take for its end.
  private static void checkNoSpace(CharSequence text) throws MalformedRequest {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c == 0x7f || c > 0xff) {
        throw MalformedRequest.protocol();
      }
    }
  }

  private void judge(CharSequence name, CharSequence value) throws MalformedRequest {
    if (name.isEmpty()) {
      throw MalformedRequest.protocol();
    }
    if (name.charAt(0) == ':') {
      if (!isKnownPseudo(name) || headers.getAll(name).size() > 1) {
        throw MalformedRequest.protocol();
      }
      return;
    }
    HeaderText.checkName(name);
    HeaderText.checkValue(value);
    switch (name.toString()) {
      case "connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade" ->
          throw MalformedRequest.protocol();
      case "te" -> {
        if (!AsciiString.contentEqualsIgnoreCase("trailers", value)) {
          throw MalformedRequest.protocol();
        }
      }
      case "host" -> {
        if (authorityOfHost != null) {
          throw MalformedRequest.protocol();
        }
        authorityOfHost = value;
      }
      case "content-length" -> learnLength(value);
      case "authorization", "proxy-authorization" -> {
        if (HeaderText.isConnectionAuth(value)) {
          throw MalformedRequest.connectionBound();
        }
      }
      default -> {}
    }
  }

  private static boolean isKnownPseudo(CharSequence name) {
    return switch (name.toString()) {
      case ":method", ":scheme", ":authority", ":path" -> true;
      default -> false;
    };
  }

  private void learnLength(CharSequence value) throws MalformedRequest {
    if (length != NO_LENGTH || value.isEmpty() || value.length() > CONTENT_LENGTH_DIGITS) {
      throw MalformedRequest.protocol();
    }
    long number = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < '0' || c > '9') {
        throw MalformedRequest.protocol();
      }
      number = number * 10 + c - '0';
    }
    length = number;
  }

  CharSequence host() {
    return host;
  }

  boolean isHead() {
    return AsciiString.contentEquals("HEAD", method);
  }

  /// What the client said the body will be; [#NO_LENGTH] if nothing.
  long length() {
    return length;
  }

  /// The body follows in chunks.
  boolean isChunked() {
    return !ends && length == NO_LENGTH;
  }

  ByteBuf write(ByteBufAllocator allocator) {
    ByteBuf out = allocator.buffer(512);
    ascii(out, method).writeByte(' ');
    ascii(out, path);
    ByteBufUtil.writeAscii(out, " HTTP/1.1\r\nHost: ");
    ascii(out, host).writeShort('\r' << 8 | '\n');
    boolean cookies = false;
    for (Map.Entry<CharSequence, CharSequence> header : headers) {
      CharSequence name = header.getKey();
      cookies |= COOKIE.contentEquals(name);
      if (isWritten(name)) {
        line(out, name, header.getValue());
      }
    }
    if (cookies) {
      writeCookies(out);
    }
    if (isChunked()) {
      ByteBufUtil.writeAscii(out, "Transfer-Encoding: chunked\r\n");
    } else if (length == NO_LENGTH && hasBodyByNature()) {
      ByteBufUtil.writeAscii(out, "Content-Length: 0\r\n");
    }
    return out.writeShort('\r' << 8 | '\n');
  }

  private static boolean isWritten(CharSequence name) {
    return name.charAt(0) != ':'
        && switch (name.toString()) {
          case "host", "te", "cookie" -> false;
          default -> true;
        };
  }

  /// Servers of HTTP/1.1 want a length with these even where there is nothing (RFC 9110 §8.6).
  private boolean hasBodyByNature() {
    return switch (method.toString()) {
      case "POST", "PUT", "PATCH" -> true;
      default -> false;
    };
  }

  /// HTTP/2 may split what HTTP/1.1 must have in one line (RFC 9113 §8.2.3).
  private void writeCookies(ByteBuf out) {
    ByteBufUtil.writeAscii(out, "cookie: ");
    boolean first = true;
    for (CharSequence crumb : headers.getAll(COOKIE)) {
      if (!first) {
        ByteBufUtil.writeAscii(out, "; ");
      }
      ascii(out, crumb);
      first = false;
    }
    out.writeShort('\r' << 8 | '\n');
  }

  private static void line(ByteBuf out, CharSequence name, CharSequence value) {
    ascii(out, name).writeShort(':' << 8 | ' ');
    ascii(out, value).writeShort('\r' << 8 | '\n');
  }

  /// Bytes as they came: Netty's decoder keeps each in one character.
  private static ByteBuf ascii(ByteBuf out, CharSequence text) {
    if (text instanceof AsciiString bytes) {
      return out.writeBytes(bytes.array(), bytes.arrayOffset(), bytes.length());
    }
    for (int i = 0; i < text.length(); i++) {
      out.writeByte(text.charAt(i));
    }
    return out;
  }
}
