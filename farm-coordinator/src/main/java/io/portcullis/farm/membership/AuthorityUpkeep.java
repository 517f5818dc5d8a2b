package io.portcullis.farm.membership;

import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.store.AuthorityPlan;
import io.portcullis.farm.store.FarmStore;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Goes with the farm to another CA, for a node: trusts the next one, has itself certified by it, and forgets the old one, as the plan says. Each
/// step is on the disk before the node reports it. One thread calls it, that of the watch.
public final class AuthorityUpkeep implements Consumer<AuthorityPlan> {
  private static final Logger LOG = LoggerFactory.getLogger(AuthorityUpkeep.class);

  private final FarmHome home;
  private final FarmStore store;
  private final Runnable changed;
  private volatile long followed;

  /// @param changed told when [#followed] says something new
  public AuthorityUpkeep(FarmHome home, FarmStore store, Runnable changed) {
    this.home = home;
    this.store = store;
    this.changed = changed;
  }

  /// Generation of the plan that the identity on the disk is right for; 0 before the first.
  public long followed() {
    return followed;
  }

  @Override
  public void accept(AuthorityPlan plan) {
    if (plan.generation() <= followed) {
      return;
    }
    try {
      follow(plan);
      followed = plan.generation();
      changed.run();
    } catch (IOException | GeneralSecurityException e) {
      LOG.warn("the farm's other CA is not followed yet, trying again: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow(AuthorityPlan plan)
      throws IOException, GeneralSecurityException, InterruptedException {
    IdentityFile known = IdentityFile.read(home.identityPem());
    if (known.isIssuedBy(plan.issuing())) {
      IdentityFile _ = home.change(present -> present.trusting(plan.trusted()));
      return;
    }
    IdentityFile renewed = Renewal.renew(known.at(CoordinatorCall.known(known, store)));
    if (!renewed.isIssuedBy(plan.issuing())) {
      throw new IOException("the coordinator that was asked has not gone there itself");
    }
    IdentityFile kept =
        home.change(present ->
            present.renewed(renewed.keyPem(), renewed.certificatePem()).trusting(plan.trusted()));
    LOG.info(
        "this node has a certificate of the farm's next CA, good until {}",
        kept.certificate().getNotAfter());
  }
}
