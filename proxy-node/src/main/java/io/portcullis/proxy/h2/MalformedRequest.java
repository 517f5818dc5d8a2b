package io.portcullis.proxy.h2;

import io.netty.handler.codec.http2.Http2Error;

/// A request that gets no answer but the end of its stream (RFC 9113 §8.1.1). It has no stack trace: floods shall not cost one each.
final class MalformedRequest extends Exception {

  private static final long serialVersionUID = 1L;

  private final Http2Error error;

  private MalformedRequest(Http2Error error) {
    super(error.name(), null, false, false);
    this.error = error;
  }

  static MalformedRequest protocol() {
    return new MalformedRequest(Http2Error.PROTOCOL_ERROR);
  }

  /// NTLM and Negotiate authenticate a connection, and streams share one (RFC 9113 §7, HTTP_1_1_REQUIRED).
  static MalformedRequest connectionBound() {
    return new MalformedRequest(Http2Error.HTTP_1_1_REQUIRED);
  }

  Http2Error error() {
    return error;
  }
}
