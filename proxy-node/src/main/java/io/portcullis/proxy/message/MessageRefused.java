package io.portcullis.proxy.message;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/// The only thing a parser throws.
public final class MessageRefused extends Exception {

  private static final Map<Refusal, MessageRefused> ALL = new EnumMap<>(Refusal.class);

  static {
    for (Refusal refusal : Refusal.values()) {
      ALL.put(refusal, new MessageRefused(refusal));
    }
  }

  private final Refusal refusal;

  private MessageRefused(Refusal refusal) {
    super(refusal.why(), null, false, false);
    this.refusal = refusal;
  }

  static MessageRefused of(Refusal refusal) {
    return Objects.requireNonNull(ALL.get(refusal));
  }

  public Refusal refusal() {
    return refusal;
  }
}
