/// A client of authorities that speak ACME (RFC 8555), on top of acme4j, which nobody else imports. Every call is bounded in time and size
/// and ends in a value or an [AcmeFailure] with the authority's own words.
@NullMarked
package io.portcullis.farm.acme;

import org.jspecify.annotations.NullMarked;
