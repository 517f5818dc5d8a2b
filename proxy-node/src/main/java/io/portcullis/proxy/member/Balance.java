package io.portcullis.proxy.member;

/// By what a pool's next member is chosen.
public enum Balance {
  /// Weighted rendezvous hashing of the source: all nodes agree without talking.
  SOURCE,
  /// The fewest running exchanges of this node for its weight.
  LEAST_REQUESTS,
  /// The less busy of two members drawn by weight.
  POWER_OF_TWO,
  /// One after the other, by weight.
  ROUND_ROBIN
}
