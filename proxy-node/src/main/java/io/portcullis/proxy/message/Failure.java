package io.portcullis.proxy.message;

/// Everything that can go wrong with an exchange: which side, in which phase, and whether another member may be tried. The decision, the
/// counters, the log and the error page use these same words.
public enum Failure {
  CLIENT_HEAD_REFUSED(Side.CLIENT, Phase.REQUEST_HEAD, false, 400),
  CLIENT_HEAD_TIMEOUT(Side.CLIENT, Phase.REQUEST_HEAD, false, 408),
  CLIENT_BODY_REFUSED(Side.CLIENT, Phase.REQUEST_BODY, false, 400),
  CLIENT_BODY_TIMEOUT(Side.CLIENT, Phase.REQUEST_BODY, false, 408),
  CLIENT_GONE(Side.CLIENT, Phase.RESPONSE_BODY, false, 499),
  CLIENT_READ_TIMEOUT(Side.CLIENT, Phase.RESPONSE_BODY, false, 408),
  CONNECTION_LIMIT(Side.CLIENT, Phase.CONNECT, false, 429),
  HANDSHAKE_LIMIT(Side.CLIENT, Phase.CONNECT, false, 429),
  SOURCE_DENIED(Side.CLIENT, Phase.CHOICE, false, 403),
  REQUEST_LIMIT(Side.CLIENT, Phase.CHOICE, false, 429),
  NO_MEMBER(Side.PROXY, Phase.CHOICE, false, 503),
  STOPPED(Side.PROXY, Phase.CHOICE, false, 503),
  MEMBER_FULL(Side.PROXY, Phase.CHOICE, true, 503),
  OVERLOADED(Side.PROXY, Phase.CHOICE, false, 503),
  FOREIGN_IDENTITY(Side.PROXY, Phase.CHOICE, false, 502),
  MEMBER_UNREACHABLE(Side.MEMBER, Phase.CONNECT, true, 502),
  MEMBER_CONNECT_TIMEOUT(Side.MEMBER, Phase.CONNECT, true, 504),
  MEMBER_TLS(Side.MEMBER, Phase.CONNECT, true, 502),
  MEMBER_CLOSED(Side.MEMBER, Phase.RESPONSE_HEAD, false, 502),
  MEMBER_HEAD_REFUSED(Side.MEMBER, Phase.RESPONSE_HEAD, false, 502),
  MEMBER_HEAD_TIMEOUT(Side.MEMBER, Phase.RESPONSE_HEAD, false, 504),
  MEMBER_BODY_CUT(Side.MEMBER, Phase.RESPONSE_BODY, false, 502),
  MEMBER_BODY_REFUSED(Side.MEMBER, Phase.RESPONSE_BODY, false, 502),
  MEMBER_BODY_TIMEOUT(Side.MEMBER, Phase.RESPONSE_BODY, false, 504);

  public enum Side {
    CLIENT,
    PROXY,
    MEMBER
  }

  public enum Phase {
    REQUEST_HEAD,
    CHOICE,
    CONNECT,
    REQUEST_BODY,
    RESPONSE_HEAD,
    RESPONSE_BODY
  }

  private final Side side;
  private final Phase phase;
  private final boolean mayRetry;
  private final int status;

  Failure(Side side, Phase phase, boolean mayRetry, int status) {
    this.side = side;
    this.phase = phase;
    this.mayRetry = mayRetry;
    this.status = status;
  }

  public Side side() {
    return side;
  }

  public Phase phase() {
    return phase;
  }

  /// True only where it is proven that no byte of the request reached a member.
  public boolean mayRetry() {
    return mayRetry;
  }

  /// The member closed, or reset, while an answer was due: a sign that something is wrong with it. What it said in whole answers,
  /// and how long it took, is no such sign.
  public boolean isBreak() {
    return this == MEMBER_CLOSED || this == MEMBER_BODY_CUT;
  }

  /// The status a client gets if no response head has left yet.
  public int status() {
    return status;
  }
}
