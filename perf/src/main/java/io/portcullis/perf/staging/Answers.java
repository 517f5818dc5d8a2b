package io.portcullis.perf.staging;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a stand-in server answers: a few paths of the laboratory, what a server of its role has, an echo for the rest.
final class Answers {

  /// A terabyte: nobody waits for more, and offsets stay far from overflow.
  private static final long MAX_CONTENT_BYTES = 1L << 40;

  /// Longer than the 1800 s a pool may hold a response.
  private static final Duration MAX_DELAY = Duration.ofHours(1);

  /// Where a load generator looks for the token of whoever owns the pool.
  private static final String CONSENT = "/.well-known/portcullis-perf.txt";

  private static final Pattern COMMAND = Pattern.compile("/(bytes|slow|status)/([0-9]{1,15})");

  private static final Duration CUT = Duration.ofSeconds(1);

  private Answers() {}

  static Answer to(Exchange exchange) throws IOException, InterruptedException {
    String path = exchange.request().path();
    if (exchange.has(Fault.BUSY)) {
      exchange.body().drain();
      return Answer.text(503, "Service Unavailable\n");
    }
    Matcher command = COMMAND.matcher(path);
    if (command.matches()) {
      long number = Long.parseLong(command.group(2));
      return switch (command.group(1)) {
        case "bytes" -> content(exchange, number);
        case "slow" -> slow(exchange, number);
        default -> status(exchange, number);
      };
    }
    if (Script.concerns(path)) {
      exchange.body().drain();
      return Script.answer(exchange.server().asked(), path);
    }
    String consent = exchange.server().behaviour().consent();
    if (consent != null && path.equals(CONSENT)) {
      exchange.body().drain();
      return Answer.text(200, consent + "\n");
    }
    if (path.equals("/sink")) {
      return sink(exchange.body());
    }
    boolean office = exchange.server().role() == ServerRole.OFFICE;
    if (exchange.has(Fault.WRONG_SITE) && !office) {
      exchange.body().drain();
      return Answer.text(404, "404 - File or directory not found.\n");
    }
    Answer answer = office ? OfficeSite.answer(exchange) : FrontEndSite.answer(exchange);
    if (answer == null && exchange.has(Fault.HOST_REWRITTEN)) {
      exchange.body().drain();
      return Answer.text(404, "404 - File or directory not found.\n");
    }
    return answer == null ? echo(exchange) : answer;
  }

  private static Answer echo(Exchange exchange) throws IOException {
    StagingReport report = exchange.report(exchange.body().drain());
    if (exchange.request().headerSays("Accept", "application/json")) {
      return Answer.json(report.toJson());
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.write(report.preamble().getBytes(StandardCharsets.UTF_8));
    text.write(exchange.request().head());
    return Answer.bytes(200, "text/plain; charset=iso-8859-1", text.toByteArray());
  }

  static Answer content(Exchange exchange, long length) throws IOException {
    exchange.body().drain();
    if (length > MAX_CONTENT_BYTES) {
      return Answer.text(400, "at most " + MAX_CONTENT_BYTES + " bytes\n");
    }
    ByteRange range = ByteRange.requested(exchange.request().header("Range"), length);
    return switch (range.verdict()) {
      case UNSATISFIABLE ->
          Answer.text(416, "the content has " + length + " bytes\n")
              .with("Content-Range", "bytes */" + length);
      case PART ->
          pattern(206, range)
              .with(
                  "Content-Range", "bytes " + range.from() + "-" + (range.to() - 1) + "/" + length);
      case WHOLE -> pattern(200, range);
    };
  }

  private static Answer pattern(int status, ByteRange range) {
    return new Answer(
            status,
            "application/octet-stream",
            java.util.List.of(),
            range.to() - range.from(),
            out -> PatternContent.write(out, range.from(), range.to()),
            false)
        .with("Accept-Ranges", "bytes");
  }

  static Answer sink(RequestBody body) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[64 * 1024];
    long total = 0;
    for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
      digest.update(buffer, 0, count);
      total += count;
    }
    return Answer.json(
        "{\"bytes\": %d, \"sha256\": \"%s\"}\n"
            .formatted(total, HexFormat.of().formatHex(digest.digest())));
  }

  private static Answer slow(Exchange exchange, long seconds)
      throws IOException, InterruptedException {
    exchange.body().drain();
    Duration delay = Duration.ofSeconds(Math.min(seconds, MAX_DELAY.toSeconds()));
    if (exchange.has(Fault.IDLE_CUT) && delay.compareTo(CUT) > 0) {
      Thread.sleep(CUT);
      throw new IOException("cut");
    }
    Thread.sleep(delay);
    return Answer.text(200, "waited " + delay.toSeconds() + " s\n");
  }

  /// Answers at once; a client that waits for permission to send its body does not get it.
  private static Answer status(Exchange exchange, long code) throws IOException {
    boolean refuse = exchange.body().awaitsContinue();
    if (!refuse) {
      exchange.body().drain();
    }
    Answer answer =
        code < 200 || code > 599
            ? Answer.text(400, "a status is 200 to 599\n")
            : Answer.text((int) code, "status " + code + "\n");
    if (code == 401) {
      answer = answer.with("WWW-Authenticate", "Negotiate").with("WWW-Authenticate", "NTLM");
    }
    if (code >= 300 && code < 400 && code != 304) {
      answer = answer.with("Location", "/redirected");
    }
    return refuse ? answer.closing() : answer;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
