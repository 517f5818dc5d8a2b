package io.portcullis.proxy.observe;

import io.portcullis.proxy.message.Failure;
import io.portcullis.proxy.message.RequestHead;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// What is known of one exchange, gathered while it runs: plain fields, one object and one small array, no strings made.
///
/// Written by the event loop of the connection until [Observer#ended]; afterwards read by whoever was handed it, and by nobody changed.
public final class AccessRecord {

  /// A longer target is cut: records wait in a queue, and clients must not decide how much memory that takes. The longest targets of
  /// Lync (Office Web Apps with a nested source) stay below.
  static final int TARGET_BYTES = 2 * 1024;

  /// The longest name that DNS knows has 253 letters.
  static final int HOST_BYTES = 256;

  private static final byte[] NO_LINE = {};

  /// A phase that was not reached.
  static final long NEVER = -1;

  final ConnectionFacts connection;
  final long id = ThreadLocalRandom.current().nextLong();
  final long beganNanos = System.nanoTime();
  final long headNanos;

  /// Method, space, target, then the host.
  byte[] line = NO_LINE;

  int methodEnd;
  int targetEnd;
  boolean targetCut;
  long revision;
  String rule = "";
  String pool = "";
  String member = "";
  Choice choice = Choice.NONE;
  int status;
  long bytesIn;
  long bytesOut;
  long connectNanos = NEVER;
  long firstByteNanos = NEVER;
  long totalNanos;
  @Nullable Failure failure;
  String detail = "";

  /// A request begins here.
  ///
  /// @param headNanos how long its head took to arrive
  public AccessRecord(ConnectionFacts connection, long headNanos) {
    this.connection = connection;
    this.headNanos = headNanos;
  }

  /// The identifier that our own answers carry too.
  public long id() {
    return id;
  }

  /// When its head had arrived, of `System.nanoTime()`.
  public long beganNanos() {
    return beganNanos;
  }

  /// When it went to its last member, of `System.nanoTime()`.
  public long toMemberNanos() {
    return beganNanos + connectNanos;
  }

  /// @param headBytes of the whole head
  public void request(RequestHead head, int headBytes) {
    int lineEnd = Math.min(head.targetEnd(), TARGET_BYTES);
    int host = Math.min(head.hostEnd() - head.hostStart(), HOST_BYTES);
    byte[] copy = new byte[lineEnd + host];
    System.arraycopy(head.bytes(), 0, copy, 0, lineEnd);
    System.arraycopy(head.bytes(), head.hostStart(), copy, lineEnd, host);
    line = copy;
    methodEnd = head.methodEnd();
    targetEnd = lineEnd;
    targetCut = lineEnd < head.targetEnd();
    bytesIn = headBytes;
  }

  public void decided(long underRevision, String byRule) {
    revision = underRevision;
    rule = byRule;
  }

  public void toPool(String name) {
    pool = name;
  }

  public void toMember(String host, Choice because) {
    member = host;
    choice = because;
    connectNanos = System.nanoTime() - beganNanos;
  }

  public void answered(int withStatus) {
    status = withStatus;
    if (firstByteNanos == NEVER) {
      firstByteNanos = System.nanoTime() - beganNanos;
    }
  }

  public void received(int bytes) {
    bytesIn += bytes;
  }

  public void sent(int bytes) {
    bytesOut += bytes;
  }

  /// The first failure is the cause, the others follow from it.
  public void failed(Failure how) {
    if (failure == null) {
      failure = how;
    }
  }

  /// In words, why it was refused.
  public void because(String why) {
    detail = why;
  }

  /// A client that left before its answer began has the status that it would have got.
  public void ended() {
    Failure why = failure;
    if (status == 0 && why != null) {
      status = why.status();
    }
    totalNanos = System.nanoTime() - beganNanos;
  }
}
