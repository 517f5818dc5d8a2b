package io.portcullis.perf.load;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// The kind of certificate that clients are good for: they offer no other signature (RFC 8446 §4.2.3), so a server that
/// has both must choose this one, and one that has only the other must refuse. TLS 1.3 only: there, PKCS #1 signatures stand
/// in certificates alone (§4.2.3), so ECDSA servers may come from RSA authorities. RSA ones from ECDSA authorities may not:
/// what a client offers holds for the whole chain.
enum KeyKind {
  RSA,
  ECDSA;

  /// TLS's names of the signatures.
  String[] schemes() {
    return switch (this) {
      case RSA ->
          new String[] {
            "rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384", "rsa_pkcs1_sha256", "rsa_pkcs1_sha384"
          };
      case ECDSA ->
          new String[] {
            "ecdsa_secp256r1_sha256",
            "ecdsa_secp384r1_sha384",
            "rsa_pkcs1_sha256",
            "rsa_pkcs1_sha384"
          };
    };
  }

  /// @throws IllegalArgumentException naming the words there are
  static KeyKind of(String word) {
    return Arrays.stream(values())
        .filter(kind -> kind.word().equals(word))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "--key is one of %s, not \"%s\""
                    .formatted(
                        Arrays.stream(values())
                            .map(KeyKind::word)
                            .collect(Collectors.joining(", ")),
                        word)));
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
