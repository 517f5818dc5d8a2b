package io.portcullis.farm.verify;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.MD4Digest;
import org.jspecify.annotations.Nullable;

/// The client's two messages of NTLM, and NTLMv2 as the only proof (MS-NLMP §2.2.1, §3.3.2).
public final class NtlmClient {
  private static final String SCHEME = "NTLM ";

  private static final byte[] SIGNATURE = "NTLMSSP\0".getBytes(StandardCharsets.US_ASCII);

  /// Unicode, target name wanted, NTLM, always sign, extended session security, 128 and 56 bit.
  private static final int FLAGS = 0xA008_8205;

  private static final int CHALLENGE_TYPE = 2;
  private static final int AUTHENTICATE_TYPE = 3;

  private static final int CHALLENGE_AT = 24;
  private static final int CHALLENGE_BYTES = 8;
  private static final int TARGET_INFO_AT = 40;
  private static final int HEAD_BYTES = 48;

  /// A header is at most 64 KB; what a domain controller says of itself is some hundred bytes.
  private static final int MAX_MESSAGE_BYTES = 16 * 1024;

  /// MsvAvTimestamp of §2.2.2.1.
  private static final int TIMESTAMP = 7;

  private static final int RESPONSE_BYTES = 24;
  private static final int MESSAGE_3_HEAD_BYTES = 64;

  /// Windows counts tenths of microseconds since 1601.
  private static final Instant WINDOWS_EPOCH = Instant.parse("1601-01-01T00:00:00Z");

  private static final SecureRandom RANDOM = new SecureRandom();

  private NtlmClient() {}

  /// Message 1, no names.
  public static String negotiate() {
    ByteBuffer out = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    out.put(SIGNATURE).putInt(1).putInt(FLAGS);
    return SCHEME + Base64.getEncoder().encodeToString(out.array());
  }

  static boolean challenges(Reply reply) {
    return reply.status() == 401 && challenge(reply) != null;
  }

  /// Message 3 for the challenge of a reply that has one.
  static String authenticate(Reply reply, SignIn who, Instant now) {
    byte[] challenge = challenge(reply);
    if (challenge == null) {
      throw new IllegalArgumentException("there is no challenge");
    }
    return authorization(challenge, who, now);
  }

  /// Message 3 as the value of an `Authorization` header.
  ///
  /// @param challenges every `WWW-Authenticate` of the answer to message 1
  /// @return null if none of them is a challenge of NTLM
  public static @Nullable String authenticate(List<String> challenges, SignIn who, Instant now) {
    byte[] challenge = challenge(challenges);
    return challenge == null ? null : authorization(challenge, who, now);
  }

  private static String authorization(byte[] challenge, SignIn who, Instant now) {
    byte[] nonce = new byte[CHALLENGE_BYTES];
    RANDOM.nextBytes(nonce);
    return SCHEME + Base64.getEncoder().encodeToString(authenticate(challenge, who, nonce, now));
  }

  private static byte @Nullable [] challenge(Reply reply) {
    return challenge(reply.all("WWW-Authenticate"));
  }

  private static byte @Nullable [] challenge(List<String> lines) {
    for (String line : lines) {
      if (line.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
        byte[] message = decode(line.substring(SCHEME.length()).strip());
        if (isChallenge(message)) {
          return message;
        }
      }
    }
    return null;
  }

  private static byte[] decode(String text) {
    try {
      return text.length() > MAX_MESSAGE_BYTES ? new byte[0] : Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static boolean isChallenge(byte[] message) {
    return message.length >= HEAD_BYTES
        && Arrays.equals(Arrays.copyOf(message, SIGNATURE.length), SIGNATURE)
        && message[SIGNATURE.length] == CHALLENGE_TYPE;
  }

  static byte[] authenticate(byte[] message2, SignIn who, byte[] nonce, Instant now) {
    byte[] challenge = Arrays.copyOfRange(message2, CHALLENGE_AT, CHALLENGE_AT + CHALLENGE_BYTES);
    byte[] info = field(message2, TARGET_INFO_AT);
    byte[] key = key(who);
    byte[] stamp = timestamp(info);
    byte[] blob =
        concat(
            new byte[] {1, 1, 0, 0, 0, 0, 0, 0},
            stamp.length == 0 ? windowsTime(now) : stamp,
            nonce,
            new byte[4],
            info,
            new byte[4]);
    byte[] proof = hmac(key, concat(challenge, blob));
    // A server that tells the time gets no LMv2 response (§3.1.5.1.2).
    byte[] lm =
        stamp.length > 0
            ? new byte[RESPONSE_BYTES]
            : concat(hmac(key, concat(challenge, nonce)), nonce);
    return message3(lm, concat(proof, blob), utf16(who.domain()), utf16(who.user()));
  }

  private static byte[] message3(byte[] lm, byte[] nt, byte[] domain, byte[] user) {
    ByteBuffer out =
        ByteBuffer.allocate(
                MESSAGE_3_HEAD_BYTES + domain.length + user.length + lm.length + nt.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    int domainAt = MESSAGE_3_HEAD_BYTES;
    int userAt = domainAt + domain.length;
    int lmAt = userAt + user.length;
    int ntAt = lmAt + lm.length;
    out.put(SIGNATURE).putInt(AUTHENTICATE_TYPE);
    at(out, lm.length, lmAt);
    at(out, nt.length, ntAt);
    at(out, domain.length, domainAt);
    at(out, user.length, userAt);
    at(out, 0, lmAt);
    at(out, 0, lmAt);
    out.putInt(FLAGS);
    return out.put(domain).put(user).put(lm).put(nt).array();
  }

  private static void at(ByteBuffer out, int length, int offset) {
    out.putShort((short) length).putShort((short) length).putInt(offset);
  }

  /// NTOWFv2 of §3.3.2.
  private static byte[] key(SignIn who) {
    MD4Digest digest = new MD4Digest();
    byte[] password = utf16(who.password());
    digest.update(password, 0, password.length);
    byte[] hash = new byte[digest.getDigestSize()];
    digest.doFinal(hash, 0);
    return hmac(hash, utf16(who.user().toUpperCase(Locale.ROOT) + who.domain()));
  }

  private static byte[] field(byte[] message, int at) {
    ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    int length = in.getShort(at) & 0xffff;
    int offset = in.getInt(at + 4);
    return offset < 0 || offset > message.length - length
        ? new byte[0]
        : Arrays.copyOfRange(message, offset, offset + length);
  }

  /// The server's time among its pairs; empty if it does not tell.
  private static byte[] timestamp(byte[] info) {
    ByteBuffer in = ByteBuffer.wrap(info).order(ByteOrder.LITTLE_ENDIAN);
    while (in.remaining() >= 4) {
      int id = in.getShort() & 0xffff;
      int length = in.getShort() & 0xffff;
      if (id == 0 || length > in.remaining()) {
        break;
      }
      if (id == TIMESTAMP && length == Long.BYTES) {
        return Arrays.copyOfRange(info, in.position(), in.position() + length);
      }
      in.position(in.position() + length);
    }
    return new byte[0];
  }

  private static byte[] windowsTime(Instant now) {
    Duration since = Duration.between(WINDOWS_EPOCH, now);
    return ByteBuffer.allocate(Long.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(since.toSeconds() * 10_000_000L + since.toNanosPart() / 100)
        .array();
  }

  private static byte[] hmac(byte[] key, byte[] text) {
    try {
      Mac mac = Mac.getInstance("HmacMD5");
      mac.init(new SecretKeySpec(key, "HmacMD5"));
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacMD5", e);
    }
  }

  private static byte[] concat(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer out = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      out.put(part);
    }
    return out.array();
  }

  private static byte[] utf16(String text) {
    return text.getBytes(StandardCharsets.UTF_16LE);
  }
}
