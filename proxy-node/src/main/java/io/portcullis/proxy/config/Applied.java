package io.portcullis.proxy.config;

import org.jspecify.annotations.Nullable;

/// How far a node followed the farm.
///
/// @param revision the one served; 0 before the first
/// @param rejected why a newer one was refused; null if none was
/// @param rejectedRevision the newer one's number; 0 if none was, or the farm has gone backwards
/// @param unsaved why the one served is not on this node's disk; null if it is
public record Applied(
    long revision, @Nullable String rejected, long rejectedRevision, @Nullable String unsaved) {
  public Applied(long revision, @Nullable String rejected) {
    this(revision, rejected, 0, null);
  }

  Applied refusing(long newer, String why) {
    return new Applied(revision, why, newer, unsaved);
  }

  Applied unsaved(@Nullable String why) {
    return new Applied(revision, rejected, rejectedRevision, why);
  }

  public static final Applied NOTHING = new Applied(0, null);
}
