package io.portcullis.farm.verify;

import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// V17: NTLM signs in a connection, and that one alone. Two connections to the same place are looked at side by side.
///
/// @param diagnosis null if it is as it should be
record NtlmCheck(@Nullable Diagnosis diagnosis, String detail) {
  private static final String DIRECTORY = "/abs";

  /// @param who null looks at the challenge only
  static NtlmCheck look(Line one, Line two, String host, @Nullable SignIn who, Instant now)
      throws IOException {
    Reply leg = one.ask("GET", DIRECTORY, host, "Authorization", NtlmClient.negotiate());
    Reply other = two.ask("GET", DIRECTORY, host);
    if (leg.fromNode()) {
      return seen(Diagnosis.GATEWAY, leg);
    }
    if (other.status() == 200) {
      return seen(Diagnosis.NO_CHALLENGE, other);
    }
    if (!NtlmClient.challenges(leg)) {
      return seen(leg.status() == 401 ? Diagnosis.NTLM_BROKEN : Asking.usual(leg), leg);
    }
    if (who == null || who.refused()) {
      return new NtlmCheck(
          null,
          who == null
              ? "challenged, and no other connection inherits it"
              : "challenged; not signed in, since the password was refused before");
    }
    return signIn(one, two, host, who, NtlmClient.authenticate(leg, who, now));
  }

  private static NtlmCheck signIn(Line one, Line two, String host, SignIn who, String authorization)
      throws IOException {
    Reply in = one.ask("GET", DIRECTORY, host, "Authorization", authorization);
    if (in.fromNode()) {
      return seen(Diagnosis.GATEWAY, in);
    }
    if (in.status() == 401) {
      who.refuse();
      return new NtlmCheck(Diagnosis.SIGN_IN_REFUSED, who.user() + " was refused");
    }
    Reply kept = one.ask("GET", DIRECTORY, host);
    if (kept.status() == 401) {
      return new NtlmCheck(
          Diagnosis.NTLM_BROKEN,
          who.user() + " signed in, but the next request on that connection was asked again");
    }
    Reply stranger = two.ask("GET", DIRECTORY, host);
    if (stranger.status() != 401) {
      return new NtlmCheck(
          Diagnosis.CONNECTION_SHARED,
          "after %s signed in on one connection, another was answered %d"
              .formatted(who.user(), stranger.status()));
    }
    return new NtlmCheck(
        null, who.user() + " signed in; the connection stays theirs, and no other inherits it");
  }

  private static NtlmCheck seen(Diagnosis what, Reply reply) {
    return new NtlmCheck(what, Contents.summary(reply));
  }
}
