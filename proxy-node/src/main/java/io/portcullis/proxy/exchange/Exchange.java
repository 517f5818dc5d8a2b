package io.portcullis.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.member.MemberPool;
import io.portcullis.proxy.message.BodyFraming;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.Limits;
import io.portcullis.proxy.message.ParsedRequest;
import io.portcullis.proxy.message.ParsedResponse;
import io.portcullis.proxy.observe.AccessRecord;
import io.portcullis.proxy.rule.Decision;
import io.portcullis.proxy.snapshot.ListenerSnapshot;
import io.portcullis.proxy.snapshot.Snapshot;
import io.portcullis.proxy.upstream.ConnectWaiter;
import io.portcullis.proxy.upstream.ResponseSink;
import io.portcullis.proxy.upstream.UpstreamConnection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One request with its response. [#run] is the table of contents; what follows are the calls of the two sides, in the order in which
/// an ordinary exchange makes them. Everything happens on one event loop.
///
/// The exchange keeps the snapshot it began with: its pool, rules and balancer do not change under it.
public final class Exchange implements Running, ResponseSink, ConnectWaiter {

  private final Session session;
  private final Client client;
  private final AccessRecord record;
  private final ClientSide answers;
  private @Nullable MemberSide member;

  private final boolean clientKeeps;
  private final boolean expectsContinue;
  private boolean requestDone;
  private boolean answerBegan;
  private boolean answerDone;
  private boolean closing;
  private boolean over;
  private long drained;

  Exchange(Session session, ParsedRequest request, boolean bodyFollows, AccessRecord record) {
    this.session = session;
    this.client = session.client();
    this.record = record;
    this.clientKeeps = request.persistent();
    this.expectsContinue = request.expectContinue();
    this.requestDone = !bodyFollows;
    this.answers = new ClientSide(client, request, record, on -> readUpstream(on));
  }

  /// Decide, then forward or answer.
  public void run(ParsedRequest request) {
    session.counters().exchangeBegan();
    closing = !clientKeeps || client.isLast();
    Snapshot pinned = session.snapshot();
    ListenerSnapshot listener = pinned.listener(session.listener());
    if (listener == null) {
      closing = true;
      answerLocally(Failure.STOPPED);
      return;
    }
    Decision decision = Admission.decide(session, listener, request);
    record.decided(pinned.revision(), decision.rule());
    switch (decision) {
      case Decision.Forward how when session.admitsRequest(record.beganNanos()) ->
          forward(request, how, pinned);
      case Decision.Forward _ -> answerLocally(Failure.OVERLOADED);
      case Decision.Local how -> {
        closing |= closesAfterLocalAnswer();
        answers.local(request, how, closing);
        answered();
      }
    }
  }

  private void forward(ParsedRequest request, Decision.Forward how, Snapshot pinned) {
    MemberSide side = new MemberSide(session, how, record);
    member = side;
    side.head(request, !requestDone);
    awaitMember(side);
    UpstreamConnection ready = side.find(pinned.balancer(), this);
    if (ready != null && !ready.isUsable()) {
      // It is closing under us. Nothing is retried on, or instead of, a private connection.
      session.disown(ready);
      closing = true;
      answerLocally(Failure.MEMBER_CLOSED);
    } else if (ready != null) {
      use(ready);
    }
  }

  private void awaitMember(MemberSide side) {
    MemberPool pool = side.pool();
    client.deadline(requestDone ? pool.responseHeaderTimeout() : pool.idleTimeout());
  }

  private void use(UpstreamConnection ready) {
    if (!member().use(ready, this)) {
      closing = true;
      answerLocally(Failure.FOREIGN_IDENTITY);
      return;
    }
    closing |= ready.isOwnedForLife() && ready.member().isDrained();
  }

  @Override
  public void connected(UpstreamConnection connection) {
    if (over) {
      connection.close();
      return;
    }
    MemberSide side = member();
    awaitMember(side);
    use(connection);
    side.flush();
    side.writable();
  }

  @Override
  public void notConnected(Failure failure) {
    if (!over) {
      // Connection failures are counted by the search, one for each member tried.
      if (failure == Failure.NO_MEMBER) {
        session.counters().failed(failure);
      }
      answerPage(failure);
    }
  }

  @Override
  public void requestBody(ByteBuf part) {
    MemberSide side = member;
    record.received(part.readableBytes());
    if (answerDone) {
      drained += part.readableBytes();
    }
    if (side == null || side.isEnded()) {
      part.release();
    } else {
      side.pass(part);
      client.deadline(side.pool().idleTimeout());
    }
    if (drained > Limits.DRAIN_BYTES) {
      finish(false);
    }
  }

  @Override
  public void requestEnd() {
    requestDone = true;
    MemberSide side = member;
    if (side != null && !answerBegan) {
      client.deadline(side.pool().responseHeaderTimeout());
    }
    settle();
  }

  @Override
  public void requestReadComplete() {
    MemberSide side = member;
    if (side != null) {
      side.flush();
    }
  }

  @Override
  public void upstreamWritable() {
    client.deadline(member().pool().idleTimeout());
    member().writable();
  }

  @Override
  public void interim(ParsedResponse response) {
    answers.interim(response);
  }

  @Override
  public @Nullable ResponseSink switched(ParsedResponse response) {
    MemberSide side = member();
    if (!side.agrees(response)) {
      return null;
    }
    over = true;
    answers.switched(response);
    Tunnel tunnel = new Tunnel(session, side, answers, record, side.tunnelIdle());
    client.switched(tunnel);
    return tunnel;
  }

  @Override
  public boolean responseHead(ParsedResponse response, boolean mayStay, int available) {
    UpstreamConnection from = Objects.requireNonNull(connection());
    if (response.connectionAuth()) {
      session.own(from);
    }
    BodyFraming framing = member().framing(response);
    boolean unwraps = !answers.http11() && framing == BodyFraming.CHUNKED;
    closing |=
        unwraps
            || framing == BodyFraming.UNTIL_CLOSE
            || client.isLast()
            || (!response.persistent() && (from.isOwnedForLife() || !requestDone));
    answerBegan = true;
    client.deadline(member().pool().idleTimeout());
    return answers.head(response, unwraps, closing, mayStay, available);
  }

  @Override
  public void responseBody(ByteBuf part) {
    answers.pass(part);
  }

  @Override
  public void responseReadComplete() {
    if (answerBegan && !answerDone) {
      client.deadline(member().pool().idleTimeout());
    }
    answers.flush();
  }

  @Override
  public void clientWritable() {
    if (answerBegan && !answerDone) {
      client.deadline(member().pool().idleTimeout());
    }
    answers.writable();
  }

  @Override
  public void responseEnd() {
    answerDone = true;
    UpstreamConnection from = connection();
    if (!requestDone && from != null && !from.isUsable()) {
      // The member answered early and will not read the rest.
      finish(false);
    } else {
      settle();
    }
  }

  /// Over when both directions are. A response that came before the end of the request goes out at once; the rest of the request is
  /// taken for a while so that the connection, which may be an authenticated one, survives.
  private void settle() {
    if (!answerDone || over) {
      return;
    }
    if (requestDone) {
      finish(!closing);
    } else {
      answers.flush();
      client.deadline(Limits.DRAIN_TIME);
    }
  }

  /// The upstream connection is given back before the response is flushed: the next request finds it.
  private void finish(boolean keep) {
    if (over) {
      return;
    }
    over = true;
    MemberSide side = member;
    boolean keeps = (side == null || side.release(keep, requestDone)) && keep;
    answers.flush();
    end();
    client.ended(keeps);
  }

  private void end() {
    MemberSide side = member;
    if (side != null) {
      side.end();
    }
    answers.end();
    session.ended(record);
  }

  @Override
  public void upstreamFailed(Failure failure) {
    MemberSide side = member();
    if (!over && !side.resend(failure, session.snapshot().balancer(), this)) {
      side.failed(failure);
      fail(failure);
    }
  }

  /// Nothing came in the time that was given for it.
  @Override
  public void timedOut() {
    if (answerDone) {
      finish(false);
    } else {
      fail(answerBegan ? answers.late() : lateRequest());
    }
  }

  /// A body that the member does not take is not the client's fault.
  private Failure lateRequest() {
    MemberSide side = member;
    boolean memberIsDue = requestDone || (side != null && !side.takes());
    return memberIsDue ? Failure.MEMBER_HEAD_TIMEOUT : Failure.CLIENT_BODY_TIMEOUT;
  }

  /// The rest of the request cannot be read; what the member has of it is no whole request.
  @Override
  public void requestRefused() {
    fail(Failure.CLIENT_BODY_REFUSED);
  }

  /// The client closed: the member hears it at once, or it would hold a parked request for nobody.
  @Override
  public void clientGone() {
    if (over) {
      return;
    }
    over = true;
    note(Failure.CLIENT_GONE);
    dropUpstream();
    end();
  }

  private void fail(Failure failure) {
    note(failure);
    if (answerDone) {
      finish(false);
    } else if (answerBegan) {
      over = true;
      dropUpstream();
      answers.flush();
      end();
      client.aborted();
    } else {
      answerPage(failure);
    }
  }

  private void answerPage(Failure failure) {
    UpstreamConnection from = connection();
    closing |= !requestDone || (from != null && from.isOwnedForLife());
    dropUpstream();
    answers.failure(failure, closing);
    answered();
  }

  private void dropUpstream() {
    MemberSide side = member;
    if (side != null) {
      side.drop();
    }
  }

  private void note(Failure failure) {
    session.counters().failed(failure);
    record.failed(failure);
  }

  private void answerLocally(Failure failure) {
    note(failure);
    answerPage(failure);
  }

  /// A client that waits for 100 may send its body after our final answer, or not: only a close is unambiguous (RFC 9110 §10.1.1).
  private boolean closesAfterLocalAnswer() {
    return !requestDone && expectsContinue;
  }

  /// The whole answer is ours; a member is due nothing more.
  private void answered() {
    MemberSide side = member;
    if (side != null) {
      side.end();
    }
    answerBegan = true;
    answerDone = true;
    if (closing) {
      finish(false);
    } else {
      settle();
    }
  }

  private void readUpstream(boolean on) {
    MemberSide side = member;
    if (side != null) {
      side.reading(on);
    }
  }

  private MemberSide member() {
    MemberSide side = member;
    if (side == null) {
      throw new IllegalStateException("nothing is forwarded");
    }
    return side;
  }

  private @Nullable UpstreamConnection connection() {
    MemberSide side = member;
    return side == null ? null : side.connection();
  }
}
