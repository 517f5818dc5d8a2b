package io.portcullis.proxy.http;

/// Where a client's connection is; [DownstreamConnection] draws the way.
enum State {
  /// Between requests, or in the head of one.
  HEAD,
  BODY,
  /// The request is whole, its answer is not.
  ANSWER,
  TUNNEL,
  /// Nothing more is served.
  LINGER
}
