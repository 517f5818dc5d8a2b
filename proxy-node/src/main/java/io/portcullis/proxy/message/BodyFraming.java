package io.portcullis.proxy.message;

/// How the end of a body is known (RFC 9112 §6.3).
public enum BodyFraming {
  NONE,
  LENGTH,
  CHUNKED,
  UNTIL_CLOSE
}
