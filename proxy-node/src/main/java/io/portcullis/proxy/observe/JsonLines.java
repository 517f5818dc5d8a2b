package io.portcullis.proxy.observe;

import io.portcullis.proxy.message.Failure;
import java.util.Locale;
import java.util.function.Supplier;

/// One JSON object a line. Bytes of the client that are not printable ASCII are escaped: a log is no place for their surprises.
final class JsonLines implements LogFormat {

  private static final int SCRATCH = 4 * 1024;

  private final Supplier<String> node;
  private final LogClock clock;
  private final LogBuffer target = new LogBuffer(SCRATCH);

  JsonLines(Supplier<String> node, LogClock clock) {
    this.node = node;
    this.clock = clock;
  }

  @Override
  public void head(LogBuffer out) {}

  @Override
  public void line(AccessRecord one, LogBuffer out) {
    long millis = clock.millisOf(one.beganNanos);
    out.put("{\"time\":\"").put(clock.secondOf(millis)).put('.');
    out.padded(Math.floorMod(millis, 1000L), 3).put("Z\",\"id\":\"").hex64(one.id).put('"');
    text(out, "node", node.get());
    connection(one.connection, out);
    request(one, out);
    text(out, "rule", one.rule);
    text(out, "pool", one.pool);
    text(out, "member", one.member);
    text(out, "binding", one.choice.word());
    out.put(",\"revision\":").number(one.revision);
    out.put(",\"status\":").number(one.status);
    out.put(",\"bytesIn\":").number(one.bytesIn).put(",\"bytesOut\":").number(one.bytesOut);
    phase(out, "headMs", one.headNanos);
    phase(out, "connectMs", one.connectNanos);
    phase(out, "firstByteMs", one.firstByteNanos);
    phase(out, "totalMs", one.headNanos + one.totalNanos);
    termination(one.failure, out);
    text(out, "detail", one.detail);
    out.put("}\n");
  }

  private static void connection(ConnectionFacts facts, LogBuffer out) {
    text(out, "listener", facts.listener());
    text(out, "source", facts.client().getAddress().getHostAddress());
    out.put(",\"sourcePort\":").number(facts.client().getPort());
    if (!facts.tlsVersion().isEmpty()) {
      text(out, "tls", facts.tlsVersion());
      text(out, "cipher", facts.tlsCipher());
      out.put(",\"resumed\":").put(facts.resumed() ? "true" : "false");
    }
  }

  private void request(AccessRecord one, LogBuffer out) {
    if (one.methodEnd == 0) {
      return;
    }
    out.put(",\"method\":\"");
    escaped(one.line, 0, one.methodEnd, out);
    out.put("\",\"host\":\"");
    escaped(one.line, one.targetEnd, one.line.length, out);
    out.put("\",\"target\":\"");
    target.clear();
    Redaction.write(one.line, one.methodEnd + 1, one.targetEnd, target);
    escaped(target.array(), 0, target.length(), out);
    out.put(one.targetCut ? "...\"" : "\"");
  }

  /// A phase that was not reached has no time.
  private static void phase(LogBuffer out, String key, long nanos) {
    if (nanos != AccessRecord.NEVER) {
      out.put(",\"").put(key).put("\":").millis(nanos);
    }
  }

  private static void termination(@org.jspecify.annotations.Nullable Failure how, LogBuffer out) {
    if (how == null) {
      out.put(",\"termination\":\"COMPLETE\"");
      return;
    }
    text(out, "termination", how.name());
    text(out, "side", how.side().name().toLowerCase(Locale.ROOT));
    text(out, "phase", how.phase().name().toLowerCase(Locale.ROOT));
  }

  private static void text(LogBuffer out, String key, String value) {
    if (value.isEmpty()) {
      return;
    }
    out.put(",\"").put(key).put("\":\"");
    for (int i = 0; i < value.length(); i++) {
      escaped(value.charAt(i), out);
    }
    out.put('"');
  }

  private static void escaped(byte[] bytes, int start, int end, LogBuffer out) {
    for (int i = start; i < end; i++) {
      escaped((char) (bytes[i] & 0xff), out);
    }
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
