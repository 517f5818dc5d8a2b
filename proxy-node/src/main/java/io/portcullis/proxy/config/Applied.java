package io.portcullis.proxy.config;

import org.jspecify.annotations.Nullable;

/// How far a node followed the farm.
///
/// @param revision the one served; 0 before the first
/// @param rejected why a newer one was refused; null if none was
public record Applied(long revision, @Nullable String rejected) {
  public static final Applied NOTHING = new Applied(0, null);
}
