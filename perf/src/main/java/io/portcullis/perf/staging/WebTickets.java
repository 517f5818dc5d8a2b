package io.portcullis.perf.staging;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Tickets that name a user, good on every server of this process: the SOAP kind (`opaque=`) and the OAuth kind (`cwt=`).
final class WebTickets {
  /// A web ticket lives eight hours at Lync; a laboratory does not outlast that.
  private static final Duration LIFE = Duration.ofHours(8);

  private final SecretKeySpec key;

  WebTickets() {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    key = new SecretKeySpec(secret, "HmacSHA256");
  }

  String issue(String user) {
    String text = user + "|" + Instant.now().plus(LIFE).getEpochSecond();
    return encode(text.getBytes(StandardCharsets.UTF_8)) + "." + encode(sign(text));
  }

  /// The user of a ticket after `opaque=` or `cwt=`; null for one that was not issued here or is over.
  @Nullable String user(@Nullable String ticket) {
    if (ticket == null) {
      return null;
    }
    String[] parts =
        ticket.substring(ticket.indexOf('=') + 1).strip().replace("\"", "").split("\\.", 2);
    try {
      String text = new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8);
      boolean ours =
          parts.length == 2
              && MessageDigest.isEqual(sign(text), Base64.getUrlDecoder().decode(parts[1]));
      String[] said = text.split("\\|");
      return ours && Long.parseLong(said[1]) > Instant.now().getEpochSecond() ? said[0] : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private byte[] sign(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
