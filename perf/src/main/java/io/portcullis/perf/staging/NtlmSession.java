package io.portcullis.perf.staging;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who a TCP connection belongs to: NTLM authenticates the connection, and every later request on it is that user's.
///
/// One per connection, used by the connection's thread only.
final class NtlmSession {
  private static final int CHALLENGE_BYTES = 8;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Map<String, String> passwords;
  private final String server;
  private byte @Nullable [] challenge;
  private @Nullable String user;

  NtlmSession(Map<String, String> passwords, String server) {
    this.passwords = passwords;
    this.server = server;
  }

  /// What a request's Authorization came to.
  sealed interface Verdict {
    record User(String name) implements Verdict {}

    /// @param scheme NTLM or Negotiate, as the client said
    /// @param token message 2, base64
    record Challenge(String scheme, String token) implements Verdict {}

    record Denied() implements Verdict {}
  }

  /// @param authorization the header's value, or null
  Verdict judge(@Nullable String authorization) {
    String scheme = scheme(authorization);
    if (authorization == null || scheme.isEmpty()) {
      return user == null ? new Verdict.Denied() : new Verdict.User(user);
    }
    byte[] message = decode(authorization.substring(scheme.length()).strip());
    if (Ntlm.opens(message)) {
      byte[] fresh = new byte[CHALLENGE_BYTES];
      RANDOM.nextBytes(fresh);
      challenge = fresh;
      user = null;
      String token = Base64.getEncoder().encodeToString(Ntlm.challenge(fresh, "CONTOSO", server));
      return new Verdict.Challenge(scheme, token);
    }
    return finish(message);
  }

  private Verdict finish(byte[] message) {
    byte[] given = challenge;
    challenge = null;
    Ntlm.Proof proof = given != null && Ntlm.kind(message) != 0 ? Ntlm.Proof.read(message) : null;
    if (proof == null || given == null) {
      return new Verdict.Denied();
    }
    String name = Behaviour.bare(proof.user());
    String password = passwords.get(name);
    if (password == null || !proof.proves(password, given)) {
      return new Verdict.Denied();
    }
    user = name;
    return new Verdict.User(name);
  }

  static boolean concerns(@Nullable String authorization) {
    return !scheme(authorization).isEmpty();
  }

  private static String scheme(@Nullable String authorization) {
    for (String scheme : new String[] {"NTLM", "Negotiate"}) {
      if (authorization != null
          && authorization.regionMatches(true, 0, scheme + " ", 0, scheme.length() + 1)) {
        return scheme;
      }
    }
    return "";
  }

  private static byte[] decode(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }
}
