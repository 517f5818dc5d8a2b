package io.portcullis.proxy.observe;

/// Why a request went to the member it went to.
public enum Choice {
  /// It went to none.
  NONE("-"),
  /// The client's connection has a connection of its own to a member of the pool already.
  CONNECTION("connection"),
  /// The farm's table says that the source belongs to it.
  BINDING("binding"),
  /// The balancer's choice for the source.
  BALANCER("balancer");

  private final String word;

  Choice(String word) {
    this.word = word;
  }

  /// As the log has it.
  public String word() {
    return word;
  }
}
