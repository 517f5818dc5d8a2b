package io.portcullis.proxy.observe;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.portcullis.proxy.message.Failure;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One JSON object a line. Bytes of the client that are not printable ASCII are escaped: a log is no place for their surprises.
///
/// What many lines have in common, a connection's part and the names of rules, pools and members, is made once and copied.
final class JsonLines implements LogFormat {

  private static final int SCRATCH = 4 * 1024;

  private static final byte[] TIME = bytes("{\"time\":\"");
  private static final byte[] ID = bytes("Z\",\"id\":\"");
  private static final byte[] QUOTE = bytes("\"");
  private static final byte[] NODE = key("node");
  private static final byte[] LISTENER = key("listener");
  private static final byte[] SOURCE = key("source");
  private static final byte[] SOURCE_PORT = bytes(",\"sourcePort\":");
  private static final byte[] TLS = key("tls");
  private static final byte[] CIPHER = key("cipher");
  private static final byte[] RESUMED = bytes(",\"resumed\":");
  private static final byte[] METHOD = key("method");
  private static final byte[] HOST = bytes("\",\"host\":\"");
  private static final byte[] TARGET = bytes("\",\"target\":\"");
  private static final byte[] RULE = key("rule");
  private static final byte[] POOL = key("pool");
  private static final byte[] MEMBER = key("member");
  private static final byte[] BINDING = key("binding");
  private static final byte[] REVISION = bytes(",\"revision\":");
  private static final byte[] STATUS = bytes(",\"status\":");
  private static final byte[] BYTES_IN = bytes(",\"bytesIn\":");
  private static final byte[] BYTES_OUT = bytes(",\"bytesOut\":");
  private static final byte[] HEAD_MS = bytes(",\"headMs\":");
  private static final byte[] CONNECT_MS = bytes(",\"connectMs\":");
  private static final byte[] FIRST_BYTE_MS = bytes(",\"firstByteMs\":");
  private static final byte[] TOTAL_MS = bytes(",\"totalMs\":");
  private static final byte[] COMPLETE = bytes(",\"termination\":\"COMPLETE\"");
  private static final byte[] TERMINATION = key("termination");
  private static final byte[] SIDE = key("side");
  private static final byte[] PHASE = key("phase");
  private static final byte[] DETAIL = key("detail");
  private static final byte[] END = bytes("}\n");

  private final Supplier<String> node;
  private final LogClock clock;
  private final LogBuffer target = new LogBuffer(SCRATCH);
  private final LogBuffer piece = new LogBuffer(SCRATCH);
  private final Repeated<ConnectionFacts> connections = new Repeated<>(1024);
  private final Repeated<String> words = new Repeated<>(256);

  JsonLines(Supplier<String> node, LogClock clock) {
    this.node = node;
    this.clock = clock;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }

  private static byte[] key(String name) {
    return bytes(",\"" + name + "\":\"");
  }

  @Override
  public void head(LogBuffer out) {}

  @Override
  public void line(AccessRecord one, LogBuffer out) {
    long millis = clock.millisOf(one.beganNanos);
    out.put(TIME).put(clock.secondOf(millis)).put('.');
    out.padded(Math.floorMod(millis, 1000L), 3).put(ID).hex64(one.id).put(QUOTE);
    name(out, NODE, node.get());
    out.put(connection(one.connection));
    request(one, out);
    name(out, RULE, one.rule);
    name(out, POOL, one.pool);
    name(out, MEMBER, one.member);
    name(out, BINDING, one.choice.word());
    out.put(REVISION).number(one.revision);
    out.put(STATUS).number(one.status);
    out.put(BYTES_IN).number(one.bytesIn).put(BYTES_OUT).number(one.bytesOut);
    phase(out, HEAD_MS, one.headNanos);
    phase(out, CONNECT_MS, one.connectNanos);
    phase(out, FIRST_BYTE_MS, one.firstByteNanos);
    phase(out, TOTAL_MS, one.headNanos + one.totalNanos);
    termination(one.failure, out);
    text(out, DETAIL, one.detail);
    out.put(END);
  }

  /// By its port: clients that share an address differ in it.
  private byte[] connection(ConnectionFacts facts) {
    int slot = facts.client().getPort();
    byte[] known = connections.find(facts, slot);
    if (known != null) {
      return known;
    }
    piece.clear();
    text(piece, LISTENER, facts.listener());
    text(piece, SOURCE, facts.client().getAddress().getHostAddress());
    piece.put(SOURCE_PORT).number(facts.client().getPort());
    if (!facts.tlsVersion().isEmpty()) {
      text(piece, TLS, facts.tlsVersion());
      text(piece, CIPHER, facts.tlsCipher());
      piece.put(RESUMED).put(facts.resumed() ? "true" : "false");
    }
    return connections.keep(facts, slot, piece);
  }

  private void request(AccessRecord one, LogBuffer out) {
    if (one.methodEnd == 0) {
      return;
    }
    out.put(METHOD);
    escaped(one.line, 0, one.methodEnd, out);
    out.put(HOST);
    escaped(one.line, one.targetEnd, one.line.length, out);
    out.put(TARGET);
    target.clear();
    Redaction.write(one.line, one.methodEnd + 1, one.targetEnd, target);
    escaped(target.array(), 0, target.length(), out);
    if (one.targetCut) {
      out.put("...");
    }
    out.put(QUOTE);
  }

  /// A phase that was not reached has no time.
  private static void phase(LogBuffer out, byte[] key, long nanos) {
    if (nanos != AccessRecord.NEVER) {
      out.put(key).millis(nanos);
    }
  }

  private static void termination(@Nullable Failure how, LogBuffer out) {
    if (how == null) {
      out.put(COMPLETE);
      return;
    }
    text(out, TERMINATION, how.name());
    text(out, SIDE, how.side().name().toLowerCase(Locale.ROOT));
    text(out, PHASE, how.phase().name().toLowerCase(Locale.ROOT));
  }

  /// One of few values, which the configuration gives.
  private void name(LogBuffer out, byte[] key, String value) {
    if (value.isEmpty()) {
      return;
    }
    byte[] known = words.find(value, value.hashCode());
    if (known == null) {
      piece.clear();
      escaped(value, piece);
      known = words.keep(value, value.hashCode(), piece);
    }
    out.put(key).put(known).put(QUOTE);
  }

  private static void text(LogBuffer out, byte[] key, String value) {
    if (value.isEmpty()) {
      return;
    }
    out.put(key);
    escaped(value, out);
    out.put(QUOTE);
  }

  private static void escaped(String value, LogBuffer out) {
    for (int i = 0; i < value.length(); i++) {
      escaped(value.charAt(i), out);
    }
  }

  private static void escaped(byte[] bytes, int start, int end, LogBuffer out) {
    int plain = start;
    for (int i = start; i < end; i++) {
      byte letter = bytes[i];
      // Beyond ASCII a byte is negative.
      if (letter < ' ' || letter == '"' || letter == '\\' || letter == 0x7f) {
        out.put(bytes, plain, i);
        escaped((char) (letter & 0xff), out);
        plain = i + 1;
      }
    }
    out.put(bytes, plain, end);
  }

  private static void escaped(char letter, LogBuffer out) {
    if (letter == '"' || letter == '\\') {
      out.put('\\').put(letter);
    } else if (letter >= ' ' && letter < 0x7f) {
      out.put(letter);
    } else {
      out.put("\\u").hex8(letter >>> 8).hex8(letter & 0xff);
    }
  }
}
