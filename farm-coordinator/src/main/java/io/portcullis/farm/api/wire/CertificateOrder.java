package io.portcullis.farm.api.wire;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A certificate that the farm orders by itself.
///
/// @param name in the document
/// @param names that it is ordered for
/// @param directory of the authority
/// @param challenge `http-01` or `tls-alpn-01`
/// @param version that the newest revision serves; 0 = none yet, nodes show a self-signed one
/// @param renewal when it is ordered anew; null before it was issued
/// @param underway an order is on its way
/// @param failures in a row; 0 = none since it was issued last
/// @param failure the last one, in the authority's words; null = none
/// @param nextTry not before; null without a failure
public record CertificateOrder(
    String name,
    List<String> names,
    String directory,
    String challenge,
    int version,
    @Nullable Instant renewal,
    boolean underway,
    int failures,
    @Nullable String failure,
    @Nullable Instant nextTry) {
  public CertificateOrder {
    names = List.copyOf(names);
  }
}
