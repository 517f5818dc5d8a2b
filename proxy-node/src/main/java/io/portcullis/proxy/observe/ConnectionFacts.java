package io.portcullis.proxy.observe;

import java.net.InetSocketAddress;

/// What all exchanges of one client connection have in common.
///
/// @param client where the client is; the port too, because many share an address behind carriers' translators (RFC 6302)
/// @param tlsVersion as the protocol names it, such as `TLSv1.3`; empty on a clear listener
/// @param resumed the handshake took up an earlier session
public record ConnectionFacts(
    String listener,
    InetSocketAddress client,
    String tlsVersion,
    String tlsCipher,
    boolean resumed) {}
