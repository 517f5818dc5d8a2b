package io.portcullis.proxy.upstream;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.ParsedResponse;

/// Who uses an upstream connection at the moment, and hears what the member says. All calls come on the connection's event loop.
public interface ResponseSink {

  /// A 1xx answer; the final one follows.
  void interim(ParsedResponse head);

  /// @param available bytes of body that came with the head
  void responseHead(ParsedResponse head, int available);

  /// Ownership of `part` passes.
  void responseBody(ByteBuf part);

  void responseEnd();

  /// Nothing more has arrived for now: time to flush.
  void responseReadComplete();

  void upstreamWritable();

  /// The connection is closed, or is now being closed; there will be no further call.
  void upstreamFailed(Failure failure);
}
