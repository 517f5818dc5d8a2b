package io.portcullis.farm.membership;

import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.membership.Declined.Fault;
import io.portcullis.farm.store.AuthorityPlan;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.KeyPlan;
import io.portcullis.farm.store.StoreException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/// The farm's CA towards operators, who have it rotated, and everybody else, who is seen with an identity of the old one or the new one.
public final class AuthorityDesk {
  private static final String LOOK = "look: farmctl farm-ca status";

  private final FarmAuthority authority;
  private final FarmStore store;
  private final AuthorityKeeper keeper;
  private final InstantSource clock;

  public AuthorityDesk(
      FarmAuthority authority, FarmStore store, AuthorityKeeper keeper, InstantSource clock) {
    this.authority = authority;
    this.store = store;
    this.keeper = keeper;
    this.clock = clock;
  }

  public void rotate(String by) throws Declined, StoreException, GeneralSecurityException {
    if (store.guestAt() != null) {
      throw new Declined(
          Fault.REQUEST,
          "the farm's CA cannot change while the farm lies in an ensemble that others run: its servers would refuse everybody",
          "if the CA's key was lost to somebody, found a farm of another name, and join everybody there");
    }
    AuthorityPlan plan = store.authorities().read();
    if (plan.stage() != AuthorityPlan.Stage.SETTLED) {
      throw new Declined(
          Fault.REQUEST,
          "the farm is on its way to another CA already, since " + plan.since(),
          "\"farmctl farm-ca status\" shows for whom it waits");
    }
    if (store.keyPlan().read().stage() != KeyPlan.Stage.SETTLED) {
      throw new Declined(
          Fault.REQUEST,
          "the farm is on its way to another farm key; one thing at a time",
          "look: farmctl farm-key status");
    }
    Instant now = clock.instant();
    FarmAuthority.Pair made = authority.anotherOne();
    Optional<AuthorityPlan> announced =
        store.authorities().announce(made.certificatePem(), made.keyPem(), plan.generation(), now);
    if (announced.isEmpty()) {
      throw new Declined(Fault.REQUEST, "somebody else rotates the farm's CA right now", LOOK);
    }
    store.audit().append(now, by, "rotates the farm's CA");
  }

  /// Waits for nobody any more.
  ///
  /// @param missing who has no identity of the new CA
  /// @param needed whom it cannot do without
  public void finish(List<String> missing, List<String> needed, String by)
      throws Declined, StoreException {
    AuthorityPlan plan = store.authorities().read();
    if (plan.stage() != AuthorityPlan.Stage.RENEWING) {
      throw new Declined(Fault.REQUEST, "nobody has to renew an identity just now", LOOK);
    }
    if (!needed.isEmpty()) {
      throw new Declined(
          Fault.REQUEST,
          "the farm would lose who is there and about to renew: " + String.join(", ", needed),
          "wait a moment, or remove whoever is stuck; " + LOOK);
    }
    Instant now = clock.instant();
    AuthorityPlan after = store.authorities().advance(plan, now);
    if (after.generation() != plan.generation() + 1) {
      throw new Declined(Fault.REQUEST, "somebody else was faster", LOOK);
    }
    String without = missing.isEmpty() ? "" : "; cut off: " + String.join(", ", missing);
    store.audit().append(now, by, "finished the rotation of the farm's CA" + without);
  }

  /// Refuses what would hand out a CA that is about to change.
  void requireSettled() throws Declined, StoreException {
    if (store.authorities().read().stage() != AuthorityPlan.Stage.SETTLED) {
      throw new Declined(
          Fault.REQUEST,
          "no coordinator can join while the farm goes over to another CA",
          "wait until it has; " + LOOK);
    }
  }

  /// Somebody asked for something, with a certificate of this CA.
  ///
  /// @param identity `role/id`
  public void seen(String identity, X500Principal issuer) throws StoreException {
    AuthorityPlan plan = keeper.plan();
    if (plan.stage() == AuthorityPlan.Stage.RENEWING
        && authority.nextIssues()
        && authority.certificate().getSubjectX500Principal().equals(issuer)
        && !store.authorities().read().renewed().contains(identity)) {
      store.authorities().renewed(identity, plan.generation());
    }
  }
}
