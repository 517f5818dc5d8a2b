package io.portcullis.proxy.tls;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.util.Arrays;

/// A key that session tickets are sealed with: 16 bytes of name, which a ticket carries in clear, 16 of HMAC-SHA-256 key, 16 of
/// AES-128 key. Whoever has it can read what clients send under the tickets it sealed.
public final class TicketKey {

  public static final int BYTES = OpenSslSessionTicketKey.TICKET_KEY_SIZE;

  private final byte[] bytes;

  private TicketKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /// @param bytes [#BYTES] of them, every one secret and random; copied
  public static TicketKey of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException(
          "a ticket key has " + BYTES + " bytes, not " + bytes.length);
    }
    return new TicketKey(bytes.clone());
  }

  OpenSslSessionTicketKey forBoringSsl() {
    int hmac = OpenSslSessionTicketKey.NAME_SIZE;
    int aes = hmac + OpenSslSessionTicketKey.HMAC_KEY_SIZE;
    return new OpenSslSessionTicketKey(
        Arrays.copyOfRange(bytes, 0, hmac),
        Arrays.copyOfRange(bytes, hmac, aes),
        Arrays.copyOfRange(bytes, aes, BYTES));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TicketKey key && java.security.MessageDigest.isEqual(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /// The key must not reach a log by accident.
  @Override
  public String toString() {
    return "TicketKey";
  }
}
