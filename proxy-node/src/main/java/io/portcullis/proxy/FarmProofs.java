package io.portcullis.proxy;

import io.netty.handler.ssl.SslContext;
import io.portcullis.farm.identity.SelfSigned;
import io.portcullis.farm.store.Challenges;
import io.portcullis.proxy.snapshot.CurrentSnapshot;
import io.portcullis.proxy.snapshot.Proofs;
import io.portcullis.proxy.tls.ProofContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Shows ACME authorities what the farm's leader has laid before the nodes, and tells the farm that it is shown.
///
/// One thread calls it, that of the watch; any thread may ask for the number.
final class FarmProofs implements Consumer<Challenges> {

  private static final Logger LOG = LoggerFactory.getLogger(FarmProofs.class);

  private final CurrentSnapshot current;
  private final Clock clock;
  private final Runnable changed;
  private volatile long number;

  /// @param changed told when [#number] says something new
  FarmProofs(CurrentSnapshot current, Clock clock, Runnable changed) {
    this.current = current;
    this.clock = clock;
    this.changed = changed;
  }

  @Override
  public void accept(Challenges challenges) {
    if (challenges.number() == number) {
      return;
    }
    try {
      current.show(proofs(challenges));
    } catch (GeneralSecurityException | IOException e) {
      // Not said to be shown, so that the leader names this node.
      LOG.error("the challenges of an ACME authority cannot be answered", e);
      current.show(Proofs.NONE);
      return;
    }
    number = challenges.number();
    changed.run();
  }

  private Proofs proofs(Challenges challenges) throws GeneralSecurityException, IOException {
    Map<String, String> files = new HashMap<>();
    Map<String, SslContext> handshakes = new HashMap<>();
    for (Challenges.Answer answer : challenges.answers()) {
      switch (answer.kind()) {
        case HTTP_01 -> files.put(answer.token(), answer.proof());
        case TLS_ALPN_01 ->
            handshakes.put(answer.name().toLowerCase(Locale.ROOT), handshake(answer));
      }
    }
    return new Proofs(files, handshakes);
  }

  private SslContext handshake(Challenges.Answer answer)
      throws GeneralSecurityException, IOException {
    byte[] digest =
        MessageDigest.getInstance("SHA-256")
            .digest(answer.proof().getBytes(StandardCharsets.US_ASCII));
    SelfSigned proof = SelfSigned.proof(answer.name(), digest, clock.instant());
    return ProofContext.of(proof.certificate(), proof.key());
  }

  /// Of the challenges that are shown; 0 = none.
  long number() {
    return number;
  }
}
