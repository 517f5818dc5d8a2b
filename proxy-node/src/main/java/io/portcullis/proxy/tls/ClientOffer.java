package io.portcullis.proxy.tls;

import io.netty.buffer.ByteBuf;
import io.portcullis.proxy.snapshot.KeyKind;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;

/// What a client says in its hello about the signatures it can verify (RFC 8446 §4.1.2, RFC 5246 §7.4.1.4.1, RFC 8422 §5.1).
///
/// A hello that cannot be read offers nothing: it gets the plain certificate, and the handshake that follows refuses it in the words
/// of TLS. Nothing is decided here but which certificate to show.
final class ClientOffer {

  static final ClientOffer NOTHING = new ClientOffer();

  private static final int VERSION_AND_RANDOM = 2 + 32;
  private static final int SUPPORTED_GROUPS = 10;
  private static final int SIGNATURE_ALGORITHMS = 13;
  private static final int PROTOCOLS = 16;
  private static final int SUPPORTED_VERSIONS = 43;
  private static final int TLS13 = 0x0304;
  private static final int H2 = 'h' << 8 | '2';
  private static final byte[] ACME = ProofContext.PROTOCOL.getBytes(StandardCharsets.US_ASCII);
  private static final int ECDSA = 3;
  private static final int SHA1 = 2;

  private static final KeyKind[] KINDS = KeyKind.values();

  private boolean tls13;
  private boolean ecdsaSuite;
  private boolean aeadSuite;
  private boolean http2;
  private boolean acme;
  private boolean schemesSent;
  private boolean groupsSent;
  private boolean anyEcdsaScheme;

  private final Set<KeyKind> schemes = EnumSet.noneOf(KeyKind.class);
  private final Set<KeyKind> groups = EnumSet.noneOf(KeyKind.class);

  private ClientOffer() {}

  /// @param hello the body of a ClientHello, behind its four bytes of handshake header; not consumed
  static ClientOffer read(ByteBuf hello) {
    ClientOffer offer = new ClientOffer();
    try {
      offer.readBody(hello.slice());
      return offer;
    } catch (IndexOutOfBoundsException _) {
      return NOTHING;
    }
  }

  private void readBody(ByteBuf in) {
    in.skipBytes(VERSION_AND_RANDOM);
    in.skipBytes(in.readUnsignedByte());
    readSuites(in.readSlice(in.readUnsignedShort()));
    in.skipBytes(in.readUnsignedByte());
    if (!in.isReadable()) {
      return;
    }
    ByteBuf extensions = in.readSlice(in.readUnsignedShort());
    while (extensions.isReadable()) {
      int type = extensions.readUnsignedShort();
      ByteBuf body = extensions.readSlice(extensions.readUnsignedShort());
      switch (type) {
        case SUPPORTED_GROUPS -> readGroups(body.readSlice(body.readUnsignedShort()));
        case SIGNATURE_ALGORITHMS -> readSchemes(body.readSlice(body.readUnsignedShort()));
        case PROTOCOLS -> readProtocols(body.readSlice(body.readUnsignedShort()));
        case SUPPORTED_VERSIONS -> readVersions(body.readSlice(body.readUnsignedByte()));
        default -> {}
      }
    }
  }

  private void readSuites(ByteBuf suites) {
    while (suites.isReadable()) {
      int suite = suites.readUnsignedShort();
      switch (suite) {
        // ECDHE with AES-GCM and ChaCha20.
        case 0xC02B, 0xC02C, 0xC02F, 0xC030, 0xCCA8, 0xCCA9 -> aeadSuite = true;
        default -> {}
      }
      switch (suite) {
        // ECDHE_ECDSA with AES-CBC-SHA, AES-GCM and ChaCha20: what BoringSSL has of them.
        case 0xC009, 0xC00A, 0xC02B, 0xC02C, 0xCCA9 -> ecdsaSuite = true;
        default -> {}
      }
    }
  }

  private void readGroups(ByteBuf list) {
    groupsSent = true;
    while (list.isReadable()) {
      int group = list.readUnsignedShort();
      for (KeyKind kind : KINDS) {
        if (kind.group() == group && group != 0) {
          groups.add(kind);
        }
      }
    }
  }

  private void readSchemes(ByteBuf list) {
    schemesSent = true;
    while (list.isReadable()) {
      int scheme = list.readUnsignedShort();
      anyEcdsaScheme |= (scheme & 0xff) == ECDSA && (scheme >>> 8) >= SHA1;
      for (KeyKind kind : KINDS) {
        if (kind.scheme() == scheme) {
          schemes.add(kind);
        }
      }
    }
  }

  private void readVersions(ByteBuf list) {
    while (list.isReadable()) {
      tls13 |= list.readUnsignedShort() == TLS13;
    }
  }

  private void readProtocols(ByteBuf list) {
    while (list.isReadable()) {
      int length = list.readUnsignedByte();
      http2 |= length == 2 && list.getUnsignedShort(list.readerIndex()) == H2;
      acme |= length == ACME.length && isAcme(list);
      list.skipBytes(length);
    }
  }

  private static boolean isAcme(ByteBuf list) {
    for (int i = 0; i < ACME.length; i++) {
      if (list.getByte(list.readerIndex() + i) != ACME[i]) {
        return false;
      }
    }
    return true;
  }

  /// Whether this is an ACME authority that looks at a name (RFC 8737).
  boolean acme() {
    return acme;
  }

  /// Whether this client would speak HTTP/2, with a suite that HTTP/2 allows (RFC 9113 §9.2.2).
  boolean http2() {
    return http2 && (tls13 || aeadSuite);
  }

  /// Whether this client can verify a signature by a key of this kind, in some version that it offers.
  boolean verifies(KeyKind kind) {
    if (kind.isRsa() || (tls13 && schemes.contains(kind))) {
      return true;
    }
    return switch (kind) {
      case RSA -> true;
      case ED25519 -> false;
      // Before TLS 1.3 the suite names ECDSA, the scheme names no curve, and the groups do.
      case P256, P384, P521 ->
          ecdsaSuite && (anyEcdsaScheme || !schemesSent) && (groups.contains(kind) || !groupsSent);
    };
  }
}
