package io.portcullis.proxy.member;

import java.util.concurrent.atomic.AtomicLong;

/// How a pool chooses among its members.
///
/// @param maxConnections to each member from this node; 0 = as many as needed
/// @param turn counts the choices that go by turns or by chance
public record Selection(Balance balance, int maxConnections, AtomicLong turn) {

  public Selection(Balance balance, int maxConnections) {
    this(balance, maxConnections, new AtomicLong());
  }

  /// By source, without a maximum.
  public static Selection usual() {
    return new Selection(Balance.SOURCE, 0);
  }

  public boolean isBySource() {
    return balance == Balance.SOURCE;
  }

  /// What a choice is made from where the source does not matter: the next number.
  public long nextTurn() {
    return turn.getAndIncrement();
  }
}
