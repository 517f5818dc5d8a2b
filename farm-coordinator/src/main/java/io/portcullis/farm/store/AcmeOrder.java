package io.portcullis.farm.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How far the order of one certificate is, and how often it failed: what the next leader has to know.
///
/// @param name of the certificate in the document
/// @param wanted digest of what the document asks for; another one begins anew, without waiting
/// @param url of the order at the authority; null = none is on its way
/// @param keyText the certificate's key, both halves; null without an order
/// @param since when it was begun, or failed last
/// @param failures in a row
/// @param failure what went wrong last, in the authority's own words; null = nothing did
/// @param nextTry not before
public record AcmeOrder(
    String name,
    String wanted,
    @Nullable String url,
    @Nullable String keyText,
    Instant since,
    int failures,
    @Nullable String failure,
    Instant nextTry) {

  public static AcmeOrder none(String name, String wanted) {
    return new AcmeOrder(name, wanted, null, null, Instant.EPOCH, 0, null, Instant.EPOCH);
  }

  /// An order that the authority has taken.
  public AcmeOrder begun(String orderUrl, String key, Instant now) {
    return new AcmeOrder(name, wanted, orderUrl, key, now, failures, failure, nextTry);
  }

  /// Over, without a certificate.
  public AcmeOrder failed(String why, Instant now, Instant next) {
    return new AcmeOrder(name, wanted, null, null, now, failures + 1, why, next);
  }

  @Override
  public String toString() {
    return "AcmeOrder[%s at %s, %d failures]".formatted(name, url, failures);
  }
}
