package io.portcullis.proxy.observe;

import io.portcullis.proxy.message.Failure;
import java.util.Locale;
import java.util.function.Supplier;

/// The W3C extended log file format as IIS writes it: the fields that IIS has under its names, ours with `x-` before them, `-` for
/// nothing, `+` for a space, and what is not printable ASCII as `%xx`.
final class W3cLines implements LogFormat {

  private static final String FIELDS =
      "#Fields: date time s-computername x-listener c-ip c-port cs-method cs-host cs-uri-stem"
          + " cs-uri-query sc-status sc-bytes cs-bytes time-taken x-rule x-pool x-member x-binding"
          + " x-revision x-tls-version x-tls-cipher x-tls-resumed x-head-ms x-connect-ms"
          + " x-first-byte-ms x-termination x-side x-phase x-request-id x-detail\n";
  private static final int SCRATCH = 4 * 1024;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Supplier<String> node;
  private final LogClock clock;
  private final LogBuffer target = new LogBuffer(SCRATCH);

  W3cLines(Supplier<String> node, LogClock clock) {
    this.node = node;
    this.clock = clock;
  }

  @Override
  public void head(LogBuffer out) {
    out.put("#Software: Portcullis\n#Version: 1.0\n#Date: ")
        .put(clock.now().replace('T', ' '))
        .put('\n')
        .put(FIELDS);
  }

  @Override
  public void line(AccessRecord one, LogBuffer out) {
    long millis = clock.millisOf(one.beganNanos);
    String second = clock.secondOf(millis);
    out.put(second.substring(0, LogClock.DATE_LETTERS)).put(' ');
    out.put(second.substring(LogClock.DATE_LETTERS + 1)).put('.');
    out.padded(Math.floorMod(millis, 1000L), 3);
    word(node.get(), out);
    ConnectionFacts facts = one.connection;
    word(facts.listener(), out);
    word(facts.client().getAddress().getHostAddress(), out);
    out.put(' ').number(facts.client().getPort());
    request(one, out);
    out.put(' ').number(one.status).put(' ').number(one.bytesOut).put(' ').number(one.bytesIn);
    out.put(' ').number((one.headNanos + one.totalNanos) / NANOS_PER_MILLI);
    word(one.rule, out);
    word(one.pool, out);
    word(one.member, out);
    word(one.choice.word(), out);
    out.put(' ').number(one.revision);
    word(facts.tlsVersion(), out);
    word(facts.tlsCipher(), out);
    word(facts.tlsVersion().isEmpty() ? "" : facts.resumed() ? "1" : "0", out);
    phase(one.headNanos, out);
    phase(one.connectNanos, out);
    phase(one.firstByteNanos, out);
    termination(one.failure, out);
    out.put(' ').hex64(one.id);
    word(one.detail, out);
    out.put('\n');
  }

  private void request(AccessRecord one, LogBuffer out) {
    if (one.methodEnd == 0) {
      out.put(" - - - -");
      return;
    }
    out.put(' ');
    escaped(one.line, 0, one.methodEnd, out);
    out.put(' ');
    escaped(one.line, one.targetEnd, one.line.length, out);
    target.clear();
    Redaction.write(one.line, one.methodEnd + 1, one.targetEnd, target);
    int query = 0;
    while (query < target.length() && target.at(query) != '?') {
      query++;
    }
    out.put(' ');
    escaped(target.array(), 0, query, out);
    out.put(' ');
    escaped(target.array(), Math.min(query + 1, target.length()), target.length(), out);
    if (one.targetCut) {
      out.put("...");
    }
  }

  private static void phase(long nanos, LogBuffer out) {
    out.put(' ');
    if (nanos == AccessRecord.NEVER) {
      out.put('-');
    } else {
      out.millis(nanos);
    }
  }

  private static void termination(@org.jspecify.annotations.Nullable Failure how, LogBuffer out) {
    if (how == null) {
      out.put(" COMPLETE - -");
      return;
    }
    out.put(' ').put(how.name());
    out.put(' ').put(how.side().name().toLowerCase(Locale.ROOT));
    out.put(' ').put(how.phase().name().toLowerCase(Locale.ROOT));
  }

  private static void word(String value, LogBuffer out) {
    out.put(' ');
    if (value.isEmpty()) {
      out.put('-');
    }
    for (int i = 0; i < value.length(); i++) {
      escaped(value.charAt(i), out);
    }
  }

  private static void escaped(byte[] bytes, int start, int end, LogBuffer out) {
    if (start == end) {
      out.put('-');
    }
    for (int i = start; i < end; i++) {
      escaped((char) (bytes[i] & 0xff), out);
    }
  }

  private static void escaped(char letter, LogBuffer out) {
    if (letter == ' ') {
      out.put('+');
    } else if (letter > ' ' && letter < 0x7f) {
      out.put(letter);
    } else {
      out.put('%').hex8(letter < 0x100 ? letter : '?');
    }
  }
}
