package io.portcullis.farm.codec;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What can be wrong with certificate and key files, told before anything is published.
public final class CertificateChecks {
  private CertificateChecks() {}

  /// Checks a chain with its key: readable, in order, belonging together (errors); expired, expiring, weak (warnings).
  ///
  /// @param name of the certificate in the document
  /// @param chainPem leaf first
  /// @param keyPem PKCS #8, PKCS #1 or SEC 1; an encrypted key is an error that says how to decrypt it
  public static List<Problem> check(String name, String chainPem, String keyPem, Instant now) {
    return List.of();
  }

  /// Checks a pool's trust bundle.
  ///
  /// @param path of the bundle in the document: `pools[0].tls.trustFile`
  public static List<Problem> trust(String path, String bundlePem, Instant now) {
    return List.of();
  }

  /// Warns of public names that no certificate of their listener carries.
  ///
  /// @param expanded a configuration without `lync`
  /// @param chains PEM chain by certificate name; a certificate that is not there is not judged
  public static List<Problem> coverage(FarmConfig expanded, Map<String, String> chains) {
    return List.of();
  }
}
