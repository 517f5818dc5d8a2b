package io.portcullis.proxy.message;

/// A request head where it lies: the bytes of one parsed head and an index of offsets into them, nothing decoded.
///
/// One instance belongs to one event loop or connection and is reused; it is valid until the next parse. All offsets are
/// into [#bytes()]; a range is `[start, end)`.
///
/// The request path reads names and paths from here without making strings.
public interface RequestHead {

  byte[] bytes();

  int methodStart();

  int methodEnd();

  /// The raw request-target, as received (RFC 9112 §3.2).
  int targetStart();

  int targetEnd();

  /// The host that decides: of the absolute-form target if there is one, else of the Host header, without port.
  /// Empty range if there is none (HTTP/1.0).
  int hostStart();

  int hostEnd();

  /// The path of the target: after the authority of an absolute-form, up to the first `?`.
  int pathStart();

  int pathEnd();
}
