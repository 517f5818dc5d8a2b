package io.portcullis.farm.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How the farm orders a certificate by itself from an authority that speaks ACME (RFC 8555), and renews it.
///
/// @param directory of the authority: an https URL
/// @param names that the certificate carries; host names, no wildcards
/// @param email whom the authority tells of troubles; null = nobody
/// @param challenge how the farm proves that the names are its own
/// @param trustFile PEM bundle of the CA that the directory's own TLS certificate is from, in the operator's document
/// @param trust the bundle itself, in a stored revision; with neither, the roots that this machine trusts
/// @param agreeToTerms the operator agrees to the authority's terms of service
public record Acme(
    String directory,
    List<String> names,
    @Nullable String email,
    Key key,
    Challenge challenge,
    @Nullable String trustFile,
    @Nullable String trust,
    boolean agreeToTerms) {

  public Acme {
    names = List.copyOf(names);
  }

  /// Kind of the certificate's key: RSA of 2048 bits, which every Lync client and phone verifies, or ECDSA on P-256.
  public enum Key {
    RSA("rsa"),
    ECDSA("ecdsa");

    private final String word;

    Key(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  public enum Challenge {
    /// A file on the clear listener (RFC 8555 §8.3); the authority asks at port 80.
    HTTP_01("http-01"),
    /// A certificate in a TLS handshake (RFC 8737); the authority asks at port 443.
    TLS_ALPN_01("tls-alpn-01");

    private final String word;

    Challenge(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /// The same with the bundle in the place of its file.
  public Acme withTrust(@Nullable String bundle) {
    return new Acme(directory, names, email, key, challenge, null, bundle, agreeToTerms);
  }
}
