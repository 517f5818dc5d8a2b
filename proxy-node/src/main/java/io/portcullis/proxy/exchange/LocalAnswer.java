package io.portcullis.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.ParsedRequest;
import io.portcullis.proxy.message.Refusal;
import io.portcullis.proxy.rule.Decision;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;

/// Answers that this proxy gives by itself: short, plain, never cached, each with an identifier that the log carries too. They name
/// no member and no address, because the Internet reads them.
final class LocalAnswer {

  static final int OK = 200;
  static final int REDIRECT = 301;
  private static final int TOO_MANY = 429;

  private static final String NOT_REACHED = "\nIIS ARR would say: 502.3, could not reach";
  private static final String NONE_AVAILABLE = "\nIIS ARR would say: 503, none available";

  private LocalAnswer() {}

  static ByteBuf of(
      ByteBufAllocator allocator, int status, String text, long id, boolean head, boolean close) {
    return build(allocator, status, text, id, null, head, close);
  }

  static ByteBuf failure(
      ByteBufAllocator allocator, Failure failure, long id, boolean head, boolean close) {
    return of(allocator, failure.status(), textOf(failure), id, head, close);
  }

  /// The last thing a client hears whose message cannot be read.
  static ByteBuf refusal(ByteBufAllocator allocator, Refusal refusal, long id) {
    return of(allocator, refusal.status(), refusal.why(), id, false, true);
  }

  /// 301 to the same host, path and query over HTTPS, all three byte for byte.
  static ByteBuf redirect(
      ByteBufAllocator allocator,
      ParsedRequest head,
      Decision.RedirectToHttps to,
      long id,
      boolean close) {
    ByteBuf location = allocator.heapBuffer(head.targetEnd() - head.hostStart() + 32);
    try {
      ByteBufUtil.writeAscii(location, "https://");
      location.writeBytes(head.bytes(), head.hostStart(), head.hostEnd() - head.hostStart());
      if (to.port() != 443) {
        ByteBufUtil.writeAscii(location, ":" + to.port());
      }
      boolean hasPath =
          head.pathStart() < head.targetEnd() && head.bytes()[head.pathStart()] == '/';
      if (!hasPath) {
        location.writeByte('/');
      }
      // An asterisk-form has nothing to keep; a query may follow an authority without a path.
      if (head.bytes()[head.targetStart()] != '*') {
        location.writeBytes(head.bytes(), head.pathStart(), head.targetEnd() - head.pathStart());
      }
      return build(allocator, REDIRECT, "moved to HTTPS", id, location, head.isHead(), close);
    } finally {
      location.release();
    }
  }

  /// What an ACME authority looks for, and nothing else: it compares the whole body (RFC 8555 §8.3).
  static ByteBuf proof(ByteBufAllocator allocator, String content, boolean head, boolean close) {
    ByteBuf out = allocator.directBuffer(256 + content.length());
    ByteBufUtil.writeAscii(
        out,
        "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Type: application/octet-stream\r\nContent-Length: "
            + content.length()
            + (close ? "\r\nConnection: close" : "")
            + "\r\n\r\n");
    if (!head) {
      ByteBufUtil.writeAscii(out, content);
    }
    return out;
  }

  /// RFC 9110 §5.6.7: two digits for the day, where RFC 1123 would have one.
  static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private static ByteBuf build(
      ByteBufAllocator allocator,
      int status,
      String text,
      long identifier,
      @org.jspecify.annotations.Nullable ByteBuf location,
      boolean head,
      boolean close) {
    String id = HexFormat.of().toHexDigits(identifier);
    String page = status + " " + reason(status) + "\n" + text + "\nrequest " + id + "\n";
    byte[] body = page.getBytes(StandardCharsets.US_ASCII);
    ByteBuf out = allocator.directBuffer(512 + body.length);
    ByteBufUtil.writeAscii(out, "HTTP/1.1 " + status + " " + reason(status) + "\r\nDate: ");
    ByteBufUtil.writeAscii(out, DATE.format(Instant.now()));
    ByteBufUtil.writeAscii(out, "\r\nX-Request-Id: " + id + "\r\nCache-Control: no-store\r\n");
    if (location != null) {
      ByteBufUtil.writeAscii(out, "Location: ");
      out.writeBytes(location);
      ByteBufUtil.writeAscii(out, "\r\n");
    }
    if (status == TOO_MANY) {
      // RFC 6585 §4. Allowances are of a second, so nobody has to wait longer.
      ByteBufUtil.writeAscii(out, "Retry-After: 1\r\n");
    }
    if (close) {
      ByteBufUtil.writeAscii(out, "Connection: close\r\n");
    }
    boolean bodiless = status == 204 || status == 304;
    if (!bodiless) {
      ByteBufUtil.writeAscii(
          out, "Content-Type: text/plain\r\nContent-Length: " + body.length + "\r\n");
    }
    ByteBufUtil.writeAscii(out, "\r\n");
    if (!head && !bodiless) {
      out.writeBytes(body);
    }
    return out;
  }

  /// Administrators who know IIS ARR look for one of two errors: 502.3, a server was chosen and could not be talked to, or 503, there
  /// was none to choose. The page says which it would have been.
  private static String textOf(Failure failure) {
    return switch (failure) {
      case NO_MEMBER -> "no server of this service is available at the moment" + NONE_AVAILABLE;
      case MEMBER_FULL ->
          "every server of this service has as many connections as it may" + NONE_AVAILABLE;
      case OVERLOADED -> "this proxy carries as much as it can at the moment";
      case FOREIGN_IDENTITY -> "the connection to the server of this service is not this client's";
      case STOPPED -> "this proxy is stopping";
      case MEMBER_UNREACHABLE, MEMBER_CONNECT_TIMEOUT ->
          "the proxy could not reach a server of this service" + NOT_REACHED;
      case MEMBER_TLS ->
          "the proxy could not make a secure connection to a server of this service" + NOT_REACHED;
      case MEMBER_CLOSED ->
          "the server of this service closed the connection without an answer" + NOT_REACHED;
      case MEMBER_HEAD_REFUSED, MEMBER_BODY_REFUSED ->
          "the server of this service sent a malformed answer" + NOT_REACHED;
      case MEMBER_HEAD_TIMEOUT, MEMBER_BODY_TIMEOUT ->
          "the server of this service did not answer in time" + NOT_REACHED;
      case MEMBER_BODY_CUT -> "the server of this service broke off its answer" + NOT_REACHED;
      case CLIENT_HEAD_REFUSED, CLIENT_BODY_REFUSED -> "the request is malformed";
      case CLIENT_HEAD_TIMEOUT, CLIENT_BODY_TIMEOUT, CLIENT_READ_TIMEOUT ->
          "the request did not arrive in time";
      case SOURCE_DENIED -> "this address may not use this service";
      case REQUEST_LIMIT, CONNECTION_LIMIT, HANDSHAKE_LIMIT ->
          "too many requests; wait a second, then go on more slowly";
      case CLIENT_GONE -> "the client closed the connection";
    };
  }

  private static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 204 -> "No Content";
      case 301 -> "Moved Permanently";
      case 400 -> "Bad Request";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 408 -> "Request Timeout";
      case 414 -> "URI Too Long";
      case 417 -> "Expectation Failed";
      case 421 -> "Misdirected Request";
      case 429 -> "Too Many Requests";
      case 431 -> "Request Header Fields Too Large";
      case 500 -> "Internal Server Error";
      case 501 -> "Not Implemented";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      case 505 -> "HTTP Version Not Supported";
      default -> "Answer";
    };
  }
}
