package io.portcullis.proxy.snapshot;

import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;

/// What a certificate signs handshakes with, in the numbers a client offers: a signature scheme (RFC 8446 §4.2.3) and, for
/// elliptic curves, the group its key lies on (RFC 8422 §5.1.1).
public enum KeyKind {
  RSA(0, 0),
  P256(0x0403, 23),
  P384(0x0503, 24),
  P521(0x0603, 25),
  ED25519(0x0807, 0);

  private static final int P256_BITS = 256;
  private static final int P384_BITS = 384;

  private final int scheme;
  private final int group;

  KeyKind(int scheme, int group) {
    this.scheme = scheme;
    this.group = group;
  }

  static KeyKind of(PublicKey key) {
    return switch (key) {
      case RSAKey _ -> RSA;
      case ECKey ec ->
          switch (ec.getParams().getCurve().getField().getFieldSize()) {
            case P256_BITS -> P256;
            case P384_BITS -> P384;
            default -> P521;
          };
      default -> ED25519;
    };
  }

  /// Every client can; RSA needs no offer to be tried.
  public boolean isRsa() {
    return this == RSA;
  }

  public int scheme() {
    return scheme;
  }

  /// 0 where the scheme says it all.
  public int group() {
    return group;
  }
}
