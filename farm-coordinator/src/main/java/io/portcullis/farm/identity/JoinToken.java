package io.portcullis.farm.identity;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The one line an operator carries to a new machine: where the farm is, how to recognise it, and a one-time secret.
///
/// @param coordinator `host:port` of the admin API
/// @param fingerprint SHA-256 of the farm CA's DER, hex
/// @param role what the holder will be; a word to the joining side, the farm itself keeps what the token is worth
/// @param secret 192 random bits, base64url
public record JoinToken(String coordinator, String fingerprint, Role role, String secret) {
  private static final String PREFIX = "portcullis1.";

  /// A host name, a hash and a secret need a third of this.
  private static final int MAX_CHARACTERS = 1024;

  private static final int SECRET_BYTES = 24;
  private static final JsonMapper JSON = new JsonMapper();

  public static String newSecret() {
    byte[] secret = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
  }

  public String encode() {
    try {
      byte[] json =
          JSON.writeValueAsBytes(
              new TreeMap<>(
                  Map.of("c", coordinator, "f", fingerprint, "r", role.word(), "s", secret)));
      return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(json);
    } catch (IOException e) {
      throw new IllegalStateException("three strings are JSON", e);
    }
  }

  /// @throws IOException saying how a token looks; never repeating it
  public static JoinToken decode(String line) throws IOException {
    String text = line.strip();
    if (text.startsWith(PREFIX) && text.length() <= MAX_CHARACTERS) {
      try {
        byte[] json =
            Base64.getUrlDecoder()
                .decode(text.substring(PREFIX.length()).getBytes(StandardCharsets.US_ASCII));
        Map<?, ?> parts = JSON.readValue(json, Map.class);
        return new JoinToken(
            part(parts, "c"),
            part(parts, "f"),
            Role.of(part(parts, "r")).orElseThrow(IllegalArgumentException::new),
            part(parts, "s"));
      } catch (IllegalArgumentException | IOException e) {
        // Said below; the text holds a secret.
      }
    }
    throw new IOException(
        "this is not a join token: paste the whole line that starts with \""
            + PREFIX
            + "\", as \"farmctl token create\" printed it");
  }

  private static String part(@Nullable Map<?, ?> parts, String key) {
    if (parts != null && parts.get(key) instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw new IllegalArgumentException(key);
  }

  @Override
  public String toString() {
    return "JoinToken["
        + coordinator
        + ", "
        + fingerprint
        + ", "
        + role.word()
        + ", secret hidden]";
  }
}
