package io.portcullis.proxy.http;

import io.portcullis.proxy.exchange.Exchanges;
import java.util.function.BooleanSupplier;

/// Where a client comes in.
///
/// @param stopping the node takes nothing new
/// @param tls the client speaks TLS
record Door(
    Exchanges exchanges,
    BooleanSupplier stopping,
    Patience patience,
    String listener,
    boolean tls) {}
