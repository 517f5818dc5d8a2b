package io.portcullis.farm.membership;

import io.portcullis.farm.identity.FarmAuthority;
import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.store.AuthorityPlan;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.StoreException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Goes with the farm to another CA, for a coordinator: keeps the next one, has itself certified by it, and forgets the old one, as the plan says.
/// What it does is on the disk before the plan hears of it, and doing it twice is doing it once.
public final class AuthorityKeeper implements Consumer<AuthorityPlan> {
  private static final Logger LOG = LoggerFactory.getLogger(AuthorityKeeper.class);

  /// What else of this coordinator is somebody.
  public interface Self {
    /// A new identity of the CA that signs now.
    IdentityFile issue(IdentityFile present) throws IOException, GeneralSecurityException;

    /// The identity file beside it, for operators, is of the CA that signs now.
    void operator() throws IOException, GeneralSecurityException, StoreException;

    /// Its servers judge, and show, what the identity says.
    void judgeBy(IdentityFile identity) throws IOException, GeneralSecurityException;
  }

  private final FarmHome home;
  private final FarmAuthority authority;
  private final FarmStore store;
  private final Self self;
  private final ReentrantLock lock = new ReentrantLock();
  private long judging;
  private volatile AuthorityPlan plan = AuthorityPlan.NONE;

  public AuthorityKeeper(FarmHome home, FarmAuthority authority, FarmStore store, Self self) {
    this.home = home;
    this.authority = authority;
    this.store = store;
    this.self = self;
  }

  /// The one that was followed last.
  public AuthorityPlan plan() {
    return plan;
  }

  @Override
  public void accept(AuthorityPlan next) {
    lock.lock();
    try {
      if (next.generation() == 0 || next.generation() < plan.generation()) {
        return;
      }
      follow(next);
      plan = next;
      String id = home.identity().id();
      if (!next.ready().contains(id)) {
        store.authorities().ready(id, next.generation());
      }
    } catch (IOException | GeneralSecurityException e) {
      LOG.warn("the farm's other CA is not followed yet, trying again: {}", e.toString());
    } finally {
      lock.unlock();
    }
  }

  private void follow(AuthorityPlan wanted) throws IOException, GeneralSecurityException {
    hold(wanted);
    if (wanted.stage() == AuthorityPlan.Stage.RENEWING) {
      authority.letNextIssue();
    }
    if (wanted.stage() == AuthorityPlan.Stage.SETTLED
        && !authority.current().certificatePem().equals(wanted.current())) {
      authority.settle();
    }
    if (!authority.trustedPem().equals(wanted.trusted())) {
      throw new IOException(
          "this coordinator has another CA than the farm: remove it, and let it join again");
    }
    IdentityFile identity =
        home.change(present -> isRight(present, wanted) ? present : remade(present, wanted));
    if (judging != wanted.generation()) {
      self.judgeBy(identity);
      judging = wanted.generation();
    }
    if (wanted.stage() != AuthorityPlan.Stage.ANNOUNCED) {
      self.operator();
    }
  }

  private void hold(AuthorityPlan wanted) throws IOException, GeneralSecurityException {
    String next = wanted.next();
    if (next == null
        || authority.next().filter(held -> held.certificatePem().equals(next)).isPresent()) {
      return;
    }
    Optional<String> key = store.authorities().key();
    if (key.isEmpty()) {
      throw new IOException("the next CA's key is not in the store any more");
    }
    authority.hold(new FarmAuthority.Pair(next, key.get()));
    LOG.info("the farm's next CA is here");
  }

  private static boolean isRight(IdentityFile identity, AuthorityPlan wanted)
      throws GeneralSecurityException {
    return identity.isIssuedBy(wanted.issuing())
        && identity.caPem().endsWith(wanted.trusted())
        && (wanted.stage() == AuthorityPlan.Stage.RENEWING
            || identity.caPem().equals(wanted.trusted()));
  }

  private IdentityFile remade(IdentityFile present, AuthorityPlan wanted)
      throws IOException, GeneralSecurityException {
    if (wanted.stage() != AuthorityPlan.Stage.RENEWING) {
      return present.isIssuedBy(wanted.issuing())
          ? present.trusting(wanted.trusted())
          : self.issue(present).trusting(wanted.trusted());
    }
    // What vouches for the new CA comes with the identity.
    IdentityFile made = self.issue(present);
    return present.renewed(made.keyPem(), made.certificatePem()).trusting(made.caPem());
  }
}
