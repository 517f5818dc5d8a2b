package io.portcullis.proxy.exchange;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.portcullis.proxy.message.ParsedRequest;
import io.portcullis.proxy.rule.Decision;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Is it an ACME authority that looks whether a name is the farm's (RFC 8555 §8.3)? Asked of every request on a clear listener, before any
/// rule; almost always answered by one look at an empty map.
final class Proving {

  /// Whom the access log names.
  static final String RULE = "acme-challenge";

  private static final byte[] PLACE = "/.well-known/acme-challenge/".getBytes(US_ASCII);
  private static final byte[] GET = {'G', 'E', 'T'};

  private Proving() {}

  /// @return null if it is an ordinary request
  static Decision.@Nullable Prove of(Session session, ParsedRequest head) {
    Map<String, String> files = session.proofs();
    return files.isEmpty() || session.isTls() ? null : of(files, head);
  }

  private static Decision.@Nullable Prove of(Map<String, String> files, ParsedRequest head) {
    byte[] bytes = head.bytes();
    int token = head.pathStart() + PLACE.length;
    if (token >= head.pathEnd()
        || !Arrays.equals(bytes, head.pathStart(), token, PLACE, 0, PLACE.length)
        || !(head.isHead()
            || Arrays.equals(bytes, head.methodStart(), head.methodEnd(), GET, 0, GET.length))) {
      return null;
    }
    String content = files.get(new String(bytes, token, head.pathEnd() - token, US_ASCII));
    return content == null ? null : new Decision.Prove(RULE, content);
  }
}
