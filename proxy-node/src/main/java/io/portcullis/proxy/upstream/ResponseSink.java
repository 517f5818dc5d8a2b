package io.portcullis.proxy.upstream;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.ParsedResponse;
import org.jspecify.annotations.Nullable;

/// Who uses an upstream connection at the moment, and hears what the member says. All calls come on the connection's event loop.
public interface ResponseSink {

  /// A 1xx answer; the final one follows.
  void interim(ParsedResponse head);

  /// The member switches protocols: 101. What follows belongs to the new protocol and comes as [#responseBody], its end as
  /// [#responseEnd].
  ///
  /// @return whoever takes it; null refuses the answer
  @Nullable ResponseSink switched(ParsedResponse head);

  /// The head of the final answer.
  ///
  /// @param mayStay the head lies whole in front of the body's first bytes, in a buffer that may wait for a slow client
  /// @param available bytes of body that came with the head
  /// @return true if it goes on as it came: then its bytes come once more, in front of the body, by [#responseBody]
  boolean responseHead(ParsedResponse head, boolean mayStay, int available);

  /// Ownership of `part` passes.
  void responseBody(ByteBuf part);

  void responseEnd();

  /// Nothing more has arrived for now: time to flush.
  void responseReadComplete();

  void upstreamWritable();

  /// The connection is closed, or is now being closed; there will be no further call.
  void upstreamFailed(Failure failure);
}
