package io.portcullis.perf.staging;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.MD4Digest;
import org.jspecify.annotations.Nullable;

/// The three messages of NTLM (MS-NLMP §2.2.1) as far as a web server needs them; only NTLMv2 proves a user.
final class Ntlm {
  private static final byte[] SIGNATURE = "NTLMSSP\0".getBytes(StandardCharsets.US_ASCII);
  private static final int NEGOTIATE = 1;
  private static final int CHALLENGE = 2;
  private static final int AUTHENTICATE = 3;

  private static final int UNICODE = 0x0000_0001;

  /// Unicode, target name (a domain), NTLM, always sign, extended session security, target info, version, 128 and 56 bit.
  private static final int FLAGS = 0xA289_8205;

  private static final int CHALLENGE_BYTES = 8;
  private static final int PROOF_BYTES = 16;
  private static final int TARGET_AT = 56;

  /// Windows counts tenths of microseconds since 1601.
  private static final Instant WINDOWS_EPOCH = Instant.parse("1601-01-01T00:00:00Z");

  /// 1 NEGOTIATE, 3 AUTHENTICATE; 0 for what is no NTLM message.
  static int kind(byte[] message) {
    boolean ntlm =
        message.length >= 12 && Arrays.equals(Arrays.copyOf(message, SIGNATURE.length), SIGNATURE);
    int kind = ntlm ? message[8] : 0;
    return kind == NEGOTIATE || kind == AUTHENTICATE ? kind : 0;
  }

  static boolean opens(byte[] message) {
    return kind(message) == NEGOTIATE;
  }

  /// Message 2: the server's challenge, and who it is.
  static byte[] challenge(byte[] challenge, String domain, String server) {
    byte[] target = utf16(domain.toUpperCase(Locale.ROOT));
    byte[] info = targetInfo(domain, server);
    ByteBuffer out =
        ByteBuffer.allocate(TARGET_AT + target.length + info.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put(SIGNATURE).putInt(CHALLENGE);
    field(out, target.length, TARGET_AT);
    out.putInt(FLAGS).put(challenge, 0, CHALLENGE_BYTES).putLong(0);
    field(out, info.length, TARGET_AT + target.length);
    out.put(new byte[] {6, 3, (byte) 0x80, 0x25, 0, 0, 0, 15});
    return out.put(target).put(info).array();
  }

  private static byte[] targetInfo(String domain, String server) {
    String host = server.contains(".") ? server.substring(0, server.indexOf('.')) : server;
    String zone = server.contains(".") ? server.substring(server.indexOf('.') + 1) : server;
    Duration since = Duration.between(WINDOWS_EPOCH, Instant.now());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    pair(out, 2, utf16(domain.toUpperCase(Locale.ROOT)));
    pair(out, 1, utf16(host.toUpperCase(Locale.ROOT)));
    pair(out, 4, utf16(zone));
    pair(out, 3, utf16(server));
    pair(
        out,
        7,
        ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(since.toSeconds() * 10_000_000L + since.toNanosPart() / 100)
            .array());
    pair(out, 0, new byte[0]);
    return out.toByteArray();
  }

  private static void pair(ByteArrayOutputStream out, int id, byte[] value) {
    out.writeBytes(
        ByteBuffer.allocate(4)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort((short) id)
            .putShort((short) value.length)
            .array());
    out.writeBytes(value);
  }

  private static void field(ByteBuffer out, int length, int offset) {
    out.putShort((short) length).putShort((short) length).putInt(offset);
  }

  /// What message 3 says of its sender: a name, and a proof with its blob (NTLMv2).
  static final class Proof {
    private final String user;
    private final String domain;
    private final byte[] response;

    private Proof(String user, String domain, byte[] response) {
      this.user = user;
      this.domain = domain;
      this.response = response;
    }

    String user() {
      return user;
    }

    /// Null if the message cannot be read.
    static @Nullable Proof read(byte[] message) {
      try {
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        Charset text =
            (in.getInt(60) & UNICODE) != 0
                ? StandardCharsets.UTF_16LE
                : StandardCharsets.ISO_8859_1;
        return new Proof(
            new String(part(in, 36), text), new String(part(in, 28), text), part(in, 20));
      } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
        return null;
      }
    }

    private static byte[] part(ByteBuffer in, int at) {
      byte[] part = new byte[in.getShort(at) & 0xffff];
      in.get(in.getInt(at + 4), part);
      return part;
    }

    /// NTLMv2 (MS-NLMP §3.3.2) over the challenge that this connection was given.
    boolean proves(String password, byte[] challenge) {
      if (response.length <= PROOF_BYTES) {
        return false;
      }
      byte[] key = hmac(ntHash(password), utf16(user.toUpperCase(Locale.ROOT) + domain));
      byte[] signed = new byte[CHALLENGE_BYTES + response.length - PROOF_BYTES];
      System.arraycopy(challenge, 0, signed, 0, CHALLENGE_BYTES);
      System.arraycopy(
          response, PROOF_BYTES, signed, CHALLENGE_BYTES, response.length - PROOF_BYTES);
      return MessageDigest.isEqual(hmac(key, signed), Arrays.copyOf(response, PROOF_BYTES));
    }
  }

  private static byte[] ntHash(String password) {
    MD4Digest digest = new MD4Digest();
    byte[] text = utf16(password);
    digest.update(text, 0, text.length);
    byte[] hash = new byte[digest.getDigestSize()];
    digest.doFinal(hash, 0);
    return hash;
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

  private static byte[] utf16(String text) {
    return text.getBytes(StandardCharsets.UTF_16LE);
  }

  private Ntlm() {}
}
