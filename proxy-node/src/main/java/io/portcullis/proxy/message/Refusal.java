package io.portcullis.proxy.message;

/// Why a message is refused, with the status a client gets for it. From a member, every refusal becomes 502.
public enum Refusal {
  BAD_METHOD(400, "the method is not a token"),
  METHOD_TOO_LONG(501, "the method is too long"),
  CONNECT(501, "CONNECT is not offered here"),
  BAD_TARGET(400, "the request target holds a control character, is empty, or has no known form"),
  BAD_VERSION(400, "the line does not end with an HTTP version"),
  VERSION_NOT_SUPPORTED(505, "only HTTP/1.0 and HTTP/1.1 are spoken here"),
  BAD_STATUS_LINE(400, "the status line is malformed"),
  LINE_TOO_LONG(414, "the first line is longer than 16 KB"),
  HEAD_TOO_LARGE(431, "the header block is larger than 64 KB, or has too many lines"),
  BARE_CR(400, "a carriage return stands alone"),
  BARE_LF(400, "a line feed stands alone"),
  CONTROL(400, "a header value holds a control character"),
  OBS_FOLD(400, "a header line is folded"),
  BAD_FIELD_NAME(400, "a header name is not a token"),
  SPACE_BEFORE_COLON(400, "white space stands between header name and colon"),
  NO_HOST(400, "an HTTP/1.1 request names no host"),
  SEVERAL_HOSTS(400, "a request names its host more than once"),
  BAD_HOST(400, "the host is not a name, an address or either with a port"),
  HOST_DIFFERS(400, "the host of the target is not the host of the Host header"),
  BAD_LENGTH(400, "Content-Length is not a number"),
  SEVERAL_LENGTHS(400, "Content-Length is given more than once"),
  LENGTH_AND_CODING(400, "both Content-Length and Transfer-Encoding are given"),
  SEVERAL_CODINGS(400, "Transfer-Encoding is given more than once"),
  UNKNOWN_CODING(501, "only the chunked transfer coding is known here"),
  CODING_BEFORE_1_1(400, "Transfer-Encoding in an HTTP/1.0 message"),
  BAD_CONNECTION(400, "Connection is malformed, or names too many headers"),
  UNKNOWN_EXPECTATION(417, "the only expectation known here is 100-continue"),
  BAD_CHUNK(400, "the chunked body is malformed"),
  NO_ROOM(503, "too much of unfinished heads lies here already");

  private final int status;
  private final String why;

  Refusal(int status, String why) {
    this.status = status;
    this.why = why;
  }

  public int status() {
    return status;
  }

  public String why() {
    return why;
  }

  /// One instance for ever: a refusal carries no stack and costs nothing to throw, whoever floods us with bad messages.
  MessageRefused thrown() {
    return MessageRefused.of(this);
  }
}
