package io.portcullis.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.message.ParsedRequest;
import io.portcullis.proxy.message.ParsedResponse;
import io.portcullis.proxy.message.ParsedResponse.ConnectionLine;
import io.portcullis.proxy.observe.AccessRecord;
import io.portcullis.proxy.relay.Pump;
import io.portcullis.proxy.relay.Reading;
import io.portcullis.proxy.rule.Decision;

/// The half of an exchange that looks to the client: the response on its way there, and how much of it went. All calls on the event loop.
final class ClientSide {

  private final Client client;
  private final AccessRecord record;
  private final Pump answers;
  private final boolean http11;
  private final boolean head;

  /// @param member is read only while the client takes
  ClientSide(Client client, ParsedRequest request, AccessRecord record, Reading member) {
    this.client = client;
    this.record = record;
    this.http11 = request.http11();
    this.head = request.isHead();
    this.answers = new Pump(member);
    this.answers.attach(client.context());
  }

  /// HTTP/1.0 knows no chunks and no 1xx.
  boolean http11() {
    return http11;
  }

  void interim(ParsedResponse response) {
    if (http11) {
      pass(response.toClient(client.context().alloc(), ConnectionLine.NOTHING, false, 0));
    }
  }

  void switched(ParsedResponse response) {
    record.answered(response.status());
    pass(response.toClient(client.context().alloc(), ConnectionLine.UPGRADE, false, 0));
    flush();
  }

  /// @param available bytes of body that came with the head
  /// @param mayStay in the buffer that it came in
  /// @return true if it does: nothing was written, for the client gets the very bytes that came
  boolean head(
      ParsedResponse response, boolean unwraps, boolean closing, boolean mayStay, int available) {
    record.answered(response.status());
    ConnectionLine line = connectionLine(closing);
    if (mayStay
        && line == ConnectionLine.NOTHING
        && response.staysAsItCame()
        && nothingWaitsForTheClient()) {
      return true;
    }
    pass(
        response.toClient(
            client.context().alloc(),
            line,
            unwraps,
            Math.min(available, Limits.BODY_WITH_HEAD_BYTES)));
    return false;
  }

  /// Of a client that asks and does not read, one buffer that is more room than answer may wait, not one for each answer.
  private boolean nothingWaitsForTheClient() {
    return client.context().channel().bytesBeforeUnwritable() >= Limits.WRITE_BUFFER_HIGH;
  }

  private ConnectionLine connectionLine(boolean closing) {
    if (closing) {
      return ConnectionLine.CLOSE;
    }
    return http11 ? ConnectionLine.NOTHING : ConnectionLine.KEEP_ALIVE;
  }

  /// Our own answer to a failure, whole.
  void failure(Failure failure, boolean closing) {
    record.failed(failure);
    page(
        LocalAnswer.failure(client.context().alloc(), failure, record.id(), head, closing),
        failure.status());
  }

  /// The answer that a rule gives.
  void local(ParsedRequest request, Decision.Local how, boolean closing) {
    switch (how) {
      case Decision.RedirectToHttps to ->
          page(
              LocalAnswer.redirect(client.context().alloc(), request, to, record.id(), closing),
              LocalAnswer.REDIRECT);
      case Decision.Respond(_, int status) -> say(status, "answered by the proxy", closing);
      case Decision.Prove(_, String content) ->
          page(LocalAnswer.proof(client.context().alloc(), content, head, closing), LocalAnswer.OK);
      case Decision.TurnAway(_, Failure why) -> failure(why, closing);
      case Decision.Reject(_, int status, String why) -> {
        record.because(why);
        say(status, "nothing is published here", closing);
      }
    }
  }

  private void say(int status, String text, boolean closing) {
    page(
        LocalAnswer.of(client.context().alloc(), status, text, record.id(), head, closing), status);
  }

  private void page(ByteBuf page, int status) {
    record.answered(status);
    pass(page);
  }

  /// Ownership of `part` passes.
  void pass(ByteBuf part) {
    record.sent(part.readableBytes());
    answers.pass(part);
  }

  /// Who kept the answer waiting: a client that does not read, or the member.
  Failure late() {
    return client.context().channel().isWritable()
        ? Failure.MEMBER_BODY_TIMEOUT
        : Failure.CLIENT_READ_TIMEOUT;
  }

  void flush() {
    answers.flush();
  }

  void writable() {
    answers.sinkWritable();
  }

  void end() {
    answers.end();
  }
}
