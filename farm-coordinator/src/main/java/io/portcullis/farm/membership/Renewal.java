package io.portcullis.farm.membership;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.KeyRequest;
import io.portcullis.farm.store.FarmStore;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a node's certificate young: from half of its life on it asks for another one, with a new key, until it gets it. The identity file is
/// replaced whole; connections made from then on use it, those that are open stay.
public final class Renewal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Renewal.class);

  /// Half of a life is two weeks, so hundreds of attempts before it matters.
  private static final Duration BETWEEN_LOOKS = Duration.ofHours(1);

  private final FarmHome home;
  private final FarmStore store;
  private final InstantSource clock;
  private final Thread thread;

  private Renewal(FarmHome home, FarmStore store, InstantSource clock) {
    this.home = home;
    this.store = store;
    this.clock = clock;
    thread = Thread.ofVirtual().name("renewal").start(this::run);
  }

  /// Looks after the identity file of `home` until closed.
  ///
  /// @param store says who the coordinators are by now: those of the day the node joined may all have been replaced
  public static Renewal start(FarmHome home, FarmStore store, InstantSource clock) {
    return new Renewal(home, store, clock);
  }

  private void run() {
    try {
      while (true) {
        look();
        Thread.sleep(BETWEEN_LOOKS);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void look() throws InterruptedException {
    try {
      IdentityFile now = IdentityFile.read(home.identityPem());
      if (isDue(now.certificate(), clock.instant())) {
        IdentityFile renewed = renew(now.at(CoordinatorCall.known(now, store)));
        // Whom this node trusts may have changed meanwhile, and who it is as well.
        IdentityFile kept =
            home.change(present ->
                present.certificatePem().equals(now.certificatePem())
                    ? present.renewed(renewed.keyPem(), renewed.certificatePem())
                    : present);
        LOG.info("this node's certificate is good until {}", kept.certificate().getNotAfter());
      }
    } catch (IOException | GeneralSecurityException e) {
      LOG.warn("this node's certificate is not renewed yet, trying again: {}", e.getMessage());
    }
  }

  public static boolean isDue(X509Certificate certificate, Instant now) {
    Instant begin = IdentityFile.issuedAt(certificate);
    Duration life = Duration.between(begin, certificate.getNotAfter().toInstant());
    return now.isAfter(begin.plus(life.dividedBy(2)));
  }

  /// Asks each coordinator in turn.
  ///
  /// @return the same identity with a new key and a certificate for it
  /// @throws IOException what the last one said
  public static IdentityFile renew(IdentityFile identity)
      throws IOException, GeneralSecurityException, InterruptedException {
    KeyRequest key = KeyRequest.create(identity.id());
    Wire.RenewResponse answer =
        new CoordinatorCall(identity, identity.coordinators())
            .post("/v1/renew", new Wire.RenewRequest(key.csrPem()), Wire.RenewResponse.class);
    return identity.renewed(key.keyPem(), answer.certificate());
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
