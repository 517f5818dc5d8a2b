package io.portcullis.proxy.tls;

import io.portcullis.proxy.message.Limits;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/// Ticket keys of a node that is alone: made here, never written anywhere, replaced twice a day. The key before the current one stays,
/// so a ticket lives between one and two of these spans.
public final class OwnTicketKeys {

  private static final int KEPT = 2;

  private final TicketKeyring keyring;
  private final SecureRandom random = new SecureRandom();
  private List<TicketKey> keys = List.of();

  private OwnTicketKeys(TicketKeyring keyring) {
    this.keyring = keyring;
  }

  /// Sets a first key at once and goes on in the background until interrupted.
  public static Thread start(TicketKeyring keyring) {
    OwnTicketKeys own = new OwnTicketKeys(keyring);
    own.rotate();
    return Thread.ofVirtual().name("ticket-keys").start(own::goOn);
  }

  private void goOn() {
    try {
      while (true) {
        Thread.sleep(Limits.TICKET_KEY_SPAN);
        rotate();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  void rotate() {
    byte[] fresh = new byte[TicketKey.BYTES];
    random.nextBytes(fresh);
    List<TicketKey> next = new ArrayList<>(List.of(TicketKey.of(fresh)));
    next.addAll(keys.subList(0, Math.min(keys.size(), KEPT - 1)));
    keys = List.copyOf(next);
    keyring.use(keys);
  }
}
