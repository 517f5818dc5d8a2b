/// TLS of one connection, on BoringSSL: first its handshake, then its records. Which certificate, which trust and which names are
/// others' business.
@NullMarked
package io.portcullis.proxy.secure;

import org.jspecify.annotations.NullMarked;
