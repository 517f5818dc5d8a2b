package io.portcullis.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.ParsedResponse;
import io.portcullis.proxy.observe.AccessRecord;
import io.portcullis.proxy.relay.HalfClose;
import io.portcullis.proxy.upstream.ResponseSink;
import io.portcullis.proxy.upstream.UpstreamConnection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What an exchange becomes when both sides have agreed to speak something else (RFC 9110 §7.8): bytes both ways, each direction ends by
/// itself, and silence in both ends it. Neither connection is ever used for HTTP again.
final class Tunnel implements Running, ResponseSink {

  private final Session session;
  private final Client client;
  private final MemberSide requests;
  private final ClientSide answers;
  private final AccessRecord record;
  private final Duration idle;
  private boolean clientDone;
  private boolean memberDone;
  private boolean over;

  Tunnel(
      Session session,
      MemberSide requests,
      ClientSide answers,
      AccessRecord record,
      Duration idle) {
    this.session = session;
    this.client = session.client();
    this.requests = requests;
    this.answers = answers;
    this.record = record;
    this.idle = idle;
    client.deadline(idle);
  }

  @Override
  public void requestBody(ByteBuf part) {
    record.received(part.readableBytes());
    client.deadline(idle);
    requests.pass(part);
  }

  @Override
  public void requestReadComplete() {
    requests.flush();
  }

  @Override
  public void upstreamWritable() {
    client.deadline(idle);
    requests.writable();
  }

  @Override
  public void responseBody(ByteBuf part) {
    client.deadline(idle);
    answers.pass(part);
  }

  @Override
  public void responseReadComplete() {
    answers.flush();
  }

  @Override
  public void clientWritable() {
    client.deadline(idle);
    answers.writable();
  }

  /// The client has no more to say; it may still listen.
  @Override
  public void requestEnd() {
    UpstreamConnection to = requests.connection();
    if (over || clientDone || to == null) {
      return;
    }
    clientDone = true;
    requests.flush();
    if (memberDone) {
      end(false);
    } else {
      HalfClose.say(to.context());
    }
  }

  /// The member has no more to say; it may still listen.
  @Override
  public void responseEnd() {
    if (over) {
      return;
    }
    memberDone = true;
    answers.flush();
    if (clientDone) {
      end(false);
    } else {
      HalfClose.say(client.context());
    }
  }

  @Override
  public void timedOut() {
    record.because("silent for too long");
    end(false);
  }

  @Override
  public void upstreamFailed(Failure failure) {
    // After its own end the member may close the rest too: there is nobody left to read the client.
    end(!memberDone);
  }

  @Override
  public void clientGone() {
    if (!clientDone) {
      note(Failure.CLIENT_GONE);
    }
    end(false);
  }

  private void end(boolean broken) {
    if (over) {
      return;
    }
    over = true;
    if (broken) {
      note(Failure.MEMBER_BODY_CUT);
    }
    requests.drop();
    requests.end();
    answers.flush();
    answers.end();
    session.ended(record);
    if (broken) {
      client.aborted();
    } else {
      client.ended(false);
    }
  }

  private void note(Failure failure) {
    session.counters().failed(failure);
    record.failed(failure);
  }

  @Override
  public void requestRefused() {
    throw new IllegalStateException("nothing is parsed in a tunnel");
  }

  @Override
  public void interim(ParsedResponse head) {
    throw new IllegalStateException("nothing is parsed in a tunnel");
  }

  @Override
  public boolean responseHead(ParsedResponse head, boolean mayStay, int available) {
    throw new IllegalStateException("nothing is parsed in a tunnel");
  }

  @Override
  public @Nullable ResponseSink switched(ParsedResponse head) {
    throw new IllegalStateException("nothing is parsed in a tunnel");
  }
}
