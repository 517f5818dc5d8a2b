package io.portcullis.perf.load;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One arrival on its way through its steps. Owned by its lane's event loop.
///
/// The latency of the first step counts from when the arrival was due; that of a later one from the answer before it and
/// the user's pause, for no user asks earlier. What the server is known to wait (a long poll) is taken off.
final class Visit implements ClientConnection.Owner {

  private static final String FULL = " (full handshake)";

  private final Lane lane;
  private final UserModel.Journey journey;
  private final long user;
  private final long begun;
  private final Map<String, ClientConnection> own = new HashMap<>(2);
  private long due;
  private long aside;
  private int steps;
  private int refusals;

  /// @param due when it was to begin
  Visit(Lane lane, UserModel.Journey journey, long user, long due) {
    this.lane = lane;
    this.journey = journey;
    this.user = user;
    this.begun = due;
    this.due = due;
  }

  /// Which of the target's addresses is tried: the user's own, then those after it.
  int choice() {
    return (int) ((user + refusals) % lane.addresses());
  }

  long user() {
    return user;
  }

  void begin() {
    step(null);
  }

  private void step(@Nullable Answer last) {
    Request next = journey.next(last);
    if (next == null) {
      end(last != null);
      return;
    }
    if (lane.isEnding() && !next.hold().isZero()) {
      end(false); // a long poll would outlast the run
      return;
    }
    steps++;
    long pause = next.pause().toNanos();
    aside += pause + next.hold().toNanos();
    due += pause;
    if (pause > 0) {
      lane.loop().schedule(() -> send(next), pause, TimeUnit.NANOSECONDS);
    } else {
      send(next);
    }
  }

  private void send(Request request) {
    if (lane.isAbandoned()) {
      end(false); // the run ended during the user's pause
      return;
    }
    if (lane.connections() == UserModel.Connections.KEPT) {
      lane.lease(this, request);
      return;
    }
    ClientConnection connection = own.get(request.host());
    if (connection == null || !connection.isUsable()) {
      connection = lane.open(request.host(), this);
      own.put(request.host(), connection);
    }
    sendOn(connection, request);
  }

  void sendOn(ClientConnection connection, Request request) {
    connection.send(request, this, lane.deadline(request));
  }

  @Override
  public void answered(ClientConnection connection, Request request, Answer answer) {
    lane.release(connection);
    long now = System.nanoTime();
    if (!request.expected().contains(answer.status())) {
      lane.tally().failed(request.operation(), new Outcome.WrongStatus(answer.status()));
      end(false);
    } else if (request.expectedBytes() != Request.ANY_LENGTH
        && request.expectedBytes() != answer.bodyBytes()) {
      lane.tally().failed(request.operation(), Outcome.Lost.BAD_ANSWER);
      end(false);
    } else {
      lane.tally()
          .answered(
              operation(connection, request),
              now - due - request.hold().toNanos(),
              answer.bodyBytes());
      due = now;
      step(answer);
    }
  }

  /// A server hands out few tickets, and each is used once: what had to shake hands in full is told apart.
  private String operation(ClientConnection connection, Request request) {
    return lane.connections() == UserModel.Connections.RESUMED && !connection.isResumed()
        ? request.operation() + FULL
        : request.operation();
  }

  @Override
  public void lost(ClientConnection connection, Request request, Outcome outcome) {
    if (outcome == Outcome.Lost.CONNECT && ++refusals % lane.addresses() != 0) {
      send(request); // as clients do that got several addresses from DNS
    } else if (outcome == Outcome.Lost.UNFINISHED && !request.hold().isZero()) {
      end(false); // the run ended before the pool was to answer this poll
    } else {
      drop(request, outcome);
    }
  }

  void drop(Request request, Outcome outcome) {
    lane.tally().failed(request.operation(), outcome);
    end(false);
  }

  /// @param whole whether every step came to its right answer
  private void end(boolean whole) {
    if (whole && steps > 1) {
      lane.tally().answered(lane.wholeName(), System.nanoTime() - begun - aside, 0);
    }
    own.values().forEach(ClientConnection::close);
    own.clear();
    lane.ended(whole);
  }
}
