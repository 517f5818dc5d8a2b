package io.portcullis.proxy.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// A request head, parsed; the strictness of RFC 9112 §2.2, §3, §5.1, §6.1 and §11.2 where framing is concerned, nothing else judged.
public final class ParsedRequest extends MessageHead implements RequestHead {

  private static final byte[] HTTP_1 = Chars.ascii("HTTP/1.");
  private static final byte[] HTTP = Chars.ascii("HTTP/");
  private static final byte[] CONNECT = Chars.ascii("CONNECT");
  private static final byte[] HEAD = Chars.ascii("HEAD");
  private static final byte[] CONTINUE = Chars.ascii("100-continue");
  private static final InetAddress NOWHERE = InetAddress.ofLiteral("0.0.0.0");
  private static final byte[] NO_HOST_LINE = Chars.ascii("Host:\r\n");

  private static final byte[][] IDEMPOTENT = {
    Chars.ascii("GET"),
    HEAD,
    Chars.ascii("OPTIONS"),
    Chars.ascii("PUT"),
    Chars.ascii("DELETE"),
    Chars.ascii("TRACE")
  };

  private int methodEnd;
  private int targetStart;
  private int targetEnd;
  private int hostStart;
  private int hostEnd;
  private int pathStart;
  private int pathEnd;
  private int versionEnd;
  private boolean expectContinue;
  private boolean hasHost;
  private int hostFieldStart;
  private int hostFieldEnd;
  private @Nullable Forwarding forwarding;
  private InetAddress from = NOWHERE;
  private boolean overTls;

  /// @param headEnd after the line feed that ends the head; nothing behind it is read
  public void parse(byte[] from, int headEnd) throws MessageRefused {
    reset(from, headEnd);
    expectContinue = false;
    hasHost = false;
    hostFieldStart = 0;
    hostFieldEnd = 0;
    forwarding = null;
    int next = RequestLine.parse(this);
    hostStart = 0;
    hostEnd = 0;
    FieldLines.parse(this, next);
    judge();
  }

  void line(int methodStop, int targetFrom, int targetTo, int versionStop) {
    methodEnd = methodStop;
    targetStart = targetFrom;
    targetEnd = targetTo;
    versionEnd = versionStop;
  }

  @Override
  void learn(int line) throws MessageRefused {
    super.learn(line);
    switch (field[line]) {
      case HOST -> {
        if (hasHost) {
          throw Refusal.SEVERAL_HOSTS.thrown();
        }
        hasHost = true;
        RequestLine.checkHost(bytes, valueStart[line], valueEnd[line]);
        hostStart = valueStart[line];
        hostEnd = valueEnd[line];
        hostFieldStart = hostStart;
        hostFieldEnd = hostEnd;
      }
      case EXPECT -> {
        if (!Chars.equalsIgnoreCase(bytes, valueStart[line], valueEnd[line], CONTINUE)) {
          throw Refusal.UNKNOWN_EXPECTATION.thrown();
        }
        expectContinue = true;
      }
      // What a client says about who it is and where it came from would be believed by the pool.
      case FORWARDED, X_FORWARDED -> dropped[line] = true;
      case OTHER,
          CONTENT_LENGTH,
          TRANSFER_ENCODING,
          CONNECTION,
          PROXY_CONNECTION,
          KEEP_ALIVE,
          TE,
          UPGRADE,
          HTTP2_SETTINGS,
          AUTHORIZATION,
          PROXY_AUTHORIZATION,
          WWW_AUTHENTICATE,
          PROXY_AUTHENTICATE -> {}
    }
  }

  private void judge() throws MessageRefused {
    if (chunked && length != NO_LENGTH) {
      throw Refusal.LENGTH_AND_CODING.thrown();
    }
    if (chunked && !http11) {
      throw Refusal.CODING_BEFORE_1_1.thrown();
    }
    if (!hasHost && http11) {
      throw Refusal.NO_HOST.thrown();
    }
    int authority = RequestLine.authorityStart(bytes, targetStart, targetEnd);
    int authorityEnd = authority;
    while (authorityEnd < targetEnd
        && bytes[authorityEnd] != '/'
        && bytes[authorityEnd] != '?'
        && authority != targetStart) {
      authorityEnd++;
    }
    if (authority != targetStart) {
      RequestLine.checkHost(bytes, authority, authorityEnd);
      // Rules would go by the one and the member by the other.
      if (hasHost && !Chars.sameIgnoreCase(bytes, authority, authorityEnd, hostStart, hostEnd)) {
        throw Refusal.HOST_DIFFERS.thrown();
      }
      hostStart = authority;
      hostEnd = authorityEnd;
    }
    hostEnd = RequestLine.withoutPort(bytes, hostStart, hostEnd);
    pathStart = authorityEnd;
    pathEnd = pathStart;
    while (pathEnd < targetEnd && bytes[pathEnd] != '?') {
      pathEnd++;
    }
  }

  static boolean isConnect(byte[] bytes, int end) {
    return java.util.Arrays.equals(bytes, 0, end, CONNECT, 0, CONNECT.length);
  }

  static boolean startsWithHttp1(byte[] bytes, int at) {
    return java.util.Arrays.equals(
        bytes, at, Math.min(at + HTTP_1.length, bytes.length), HTTP_1, 0, HTTP_1.length);
  }

  static boolean startsWithHttp(byte[] bytes, int at) {
    return java.util.Arrays.equals(
        bytes, at, Math.min(at + HTTP.length, bytes.length), HTTP, 0, HTTP.length);
  }

  public boolean isHead() {
    return java.util.Arrays.equals(bytes, 0, methodEnd, HEAD, 0, HEAD.length);
  }

  /// Asking twice does no more than asking once (RFC 9110 §9.2.2).
  public boolean isIdempotent() {
    for (byte[] method : IDEMPOTENT) {
      if (java.util.Arrays.equals(bytes, 0, methodEnd, method, 0, method.length)) {
        return true;
      }
    }
    return false;
  }

  public boolean expectContinue() {
    return expectContinue;
  }

  public BodyFraming framing() {
    if (chunked) {
      return BodyFraming.CHUNKED;
    }
    return length > 0 ? BodyFraming.LENGTH : BodyFraming.NONE;
  }

  /// What [#toMember] shall say of the client.
  ///
  /// @param client where the request comes from
  public void tell(Forwarding said, InetAddress client, boolean tls) {
    forwarding = said.told() ? said : null;
    from = client;
    overTls = tls;
    if (said.believes(client)) {
      for (int line = 0; line < lines; line++) {
        dropped[line] &= field[line] != Field.FORWARDED && field[line] != Field.X_FORWARDED;
      }
    }
  }

  /// The head as the member gets it: this proxy's version, every other byte of the lines that stay as it came.
  ///
  /// @param upgrades the wish to switch protocols is passed on
  /// @param room bytes of body that will be appended
  public ByteBuf toMember(
      ByteBufAllocator allocator, boolean dropAuthorization, boolean upgrades, int room) {
    if (upgrades) {
      keepUpgrade();
    }
    if (dropAuthorization) {
      for (int line = 0; line < lines; line++) {
        dropped[line] |= field[line] == Field.AUTHORIZATION;
      }
    }
    Forwarding said = forwarding;
    int more = said == null ? 0 : Forwarding.MOST_BYTES + 2 * (hostFieldEnd - hostFieldStart);
    ByteBuf out =
        allocator.directBuffer(end + NO_HOST_LINE.length + UPGRADE_LINE.length + more + room);
    copyLines(out, 0);
    out.setByte(versionEnd - 1, '1');
    if (!hasHost) {
      out.writeBytes(NO_HOST_LINE);
    }
    if (upgrades) {
      out.writeBytes(UPGRADE_LINE);
    }
    if (said != null) {
      said.write(this, out, from, overTls);
    }
    out.writeByte(Chars.CR).writeByte(Chars.LF);
    return out;
  }

  /// The value of the Host header with its port; an empty range if there is none.
  int hostFieldStart() {
    return hostFieldStart;
  }

  int hostFieldEnd() {
    return hostFieldEnd;
  }

  /// @param name in lower case
  boolean has(byte[] name) {
    for (int line = 0; line < lines; line++) {
      if (nameEnd[line] - lineStart[line] == name.length
          && Chars.startsWithIgnoreCase(bytes, lineStart[line], nameEnd[line], name)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int methodStart() {
    return 0;
  }

  @Override
  public int methodEnd() {
    return methodEnd;
  }

  @Override
  public int targetStart() {
    return targetStart;
  }

  @Override
  public int targetEnd() {
    return targetEnd;
  }

  @Override
  public int hostStart() {
    return hostStart;
  }

  @Override
  public int hostEnd() {
    return hostEnd;
  }

  @Override
  public int pathStart() {
    return pathStart;
  }

  @Override
  public int pathEnd() {
    return pathEnd;
  }
}
