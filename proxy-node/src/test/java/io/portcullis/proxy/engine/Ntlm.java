package io.portcullis.proxy.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// The three messages of NTLM (MS-NLMP §2.2.1), as far as it takes to tell users and connections apart. Nothing is encrypted: the
/// response to a challenge is the challenge.
final class Ntlm {

  private static final byte[] SIGNATURE = "NTLMSSP\0".getBytes(ISO_8859_1);
  private static final int CHALLENGE_AT = 24;
  private static final int RESPONSE_FIELD = 12;
  private static final int USER_FIELD = 36;
  private static final int FLAGS_AT = 60;
  private static final int PAYLOAD_AT = 64;
  private static final int UNICODE = 1;
  private static final int NTLM = 0x200;

  private Ntlm() {}

  static String negotiate() {
    return encode(start(1, 32).putInt(NTLM | UNICODE));
  }

  static String challenge(long nonce) {
    ByteBuffer message = start(2, 48);
    // An empty target name, right behind the header.
    message.putShort((short) 0).putShort((short) 0).putInt(48);
    message.putInt(NTLM | UNICODE).putLong(nonce);
    return encode(message);
  }

  static String authenticate(String user, long nonce) {
    byte[] name = user.getBytes(UTF_16LE);
    ByteBuffer message = start(3, PAYLOAD_AT + 8 + name.length);
    field(message, RESPONSE_FIELD, 8, PAYLOAD_AT);
    field(message, USER_FIELD, name.length, PAYLOAD_AT + 8);
    message.putInt(FLAGS_AT, NTLM | UNICODE);
    message.putLong(PAYLOAD_AT, nonce);
    message.put(PAYLOAD_AT + 8, name);
    return encode(message);
  }

  private static ByteBuffer start(int type, int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).put(SIGNATURE).putInt(type);
  }

  private static void field(ByteBuffer message, int at, int length, int offset) {
    message.putShort(at, (short) length).putShort(at + 2, (short) length).putInt(at + 4, offset);
  }

  private static String encode(ByteBuffer message) {
    byte[] bytes = new byte[message.capacity()];
    message.get(0, bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  /// 1, 2 or 3; 0 if it is none.
  static int type(String token) {
    ByteBuffer message = decode(token);
    return message == null ? 0 : message.getInt(8);
  }

  static long nonce(String challenge) {
    return read(challenge).getLong(CHALLENGE_AT);
  }

  static String user(String authenticate) {
    ByteBuffer message = read(authenticate);
    byte[] name = new byte[message.getShort(USER_FIELD)];
    message.get(message.getInt(USER_FIELD + 4), name);
    boolean unicode = (message.getInt(FLAGS_AT) & UNICODE) != 0;
    return new String(name, unicode ? UTF_16LE : ISO_8859_1);
  }

  /// Whether the response answers that challenge; a real client encrypts it, so its length tells it apart.
  static boolean answers(String authenticate, long nonce) {
    ByteBuffer message = read(authenticate);
    return message.getShort(RESPONSE_FIELD) != 8
        || message.getLong(message.getInt(RESPONSE_FIELD + 4)) == nonce;
  }

  private static ByteBuffer read(String token) {
    ByteBuffer message = decode(token);
    if (message == null) {
      throw new IllegalArgumentException("no NTLM message: " + token);
    }
    return message;
  }

  private static @Nullable ByteBuffer decode(String token) {
    byte[] bytes = Base64.getDecoder().decode(token);
    boolean fits = bytes.length >= 12 && Arrays.equals(bytes, 0, 8, SIGNATURE, 0, 8);
    return fits ? ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN) : null;
  }
}
