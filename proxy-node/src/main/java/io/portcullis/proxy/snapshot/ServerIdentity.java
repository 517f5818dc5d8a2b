package io.portcullis.proxy.snapshot;

import io.netty.handler.ssl.SslContext;

/// One certificate as clients meet it.
///
/// @param kind decides which clients can verify its signature
public record ServerIdentity(SslContext context, KeyKind kind) {}
