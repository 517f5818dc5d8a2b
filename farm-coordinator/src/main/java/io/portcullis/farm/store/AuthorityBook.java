package io.portcullis.farm.store;

import io.portcullis.farm.store.StoreException.Kind;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;

/// The farm's agreement on its CA: one znode, changed by compare-and-set; and beside it, while there is a next CA, that one's key, sealed and for
/// coordinators only, so that no single coordinator's loss costs the farm its way.
public final class AuthorityBook {
  private static final int ATTEMPTS = 10;

  private final Znodes znodes;
  private final FarmPaths paths;
  private final Secrets secrets;

  AuthorityBook(Znodes znodes, FarmPaths paths, Secrets secrets) {
    this.znodes = znodes;
    this.paths = paths;
    this.secrets = secrets;
  }

  public AuthorityPlan read() throws StoreException {
    return znodes.read(paths.authorityPlan(), AuthorityPlan.class).orElse(AuthorityPlan.NONE);
  }

  /// What a farm begins with, or goes on with when its store is new: nothing happens where a plan is.
  ///
  /// @param next null if it is on its way nowhere
  public void found(String current, @Nullable Next next, Instant now) throws StoreException {
    String path = paths.authorityPlan();
    if (znodes.bytes(path).isPresent()) {
      return;
    }
    if (next != null) {
      boolean _ = znodes.create(paths.authorityKey(), sealed(paths.authorityKey(), next.keyPem()));
    }
    AuthorityPlan plan =
        AuthorityPlan.first(
            current,
            next == null ? null : next.certificatePem(),
            next != null && next.issues(),
            now.toString());
    boolean _ = znodes.create(path, Znodes.encode(path, plan));
  }

  /// A CA that the farm goes over to.
  ///
  /// @param issues whether it signs already
  public record Next(String certificatePem, String keyPem, boolean issues) {
    @Override
    public String toString() {
      return "Next[hidden]";
    }
  }

  /// @param seen generation that was looked at
  /// @return empty if somebody else was faster
  public Optional<AuthorityPlan> announce(
      String certificatePem, String keyPem, long seen, Instant now) throws StoreException {
    String path = paths.authorityPlan();
    Optional<Znodes.Versioned<AuthorityPlan>> before =
        znodes.readVersioned(path, AuthorityPlan.class);
    if (before.isEmpty() || before.get().value().generation() != seen) {
      return Optional.empty();
    }
    AuthorityPlan after = before.get().value().announcing(certificatePem, now.toString());
    byte[] bytes = Znodes.encode(path, after);
    int version = before.get().version();
    // In one transaction, so that no plan is ever beside another plan's key.
    boolean first =
        znodes.run(
            path,
            client -> {
              try {
                znodes.commit(
                    client,
                    client.transactionOp().setData().withVersion(version).forPath(path, bytes),
                    keeping(client, keyPem));
                return true;
              } catch (KeeperException.BadVersionException e) {
                return false;
              }
            });
    return first ? Optional.of(after) : Optional.empty();
  }

  private CuratorOp keeping(CuratorFramework client, String keyPem) throws Exception {
    String path = paths.authorityKey();
    byte[] sealed = sealed(path, keyPem);
    return znodes.bytes(path).isPresent()
        ? client.transactionOp().setData().forPath(path, sealed)
        : client.transactionOp().create().forPath(path, sealed);
  }

  private byte[] sealed(String path, String keyPem) throws StoreException {
    try {
      return secrets.seal(path, keyPem.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new StoreException(Kind.BAD_DATA, path + " cannot be sealed", e);
    }
  }

  /// The next CA's key, PEM; for coordinators.
  public Optional<String> key() throws StoreException {
    String path = paths.authorityKey();
    Optional<byte[]> sealed = znodes.bytes(path);
    if (sealed.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new String(secrets.open(path, sealed.get()), StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new StoreException(
          Kind.BAD_DATA,
          path + " does not open with this farm key: is farm.key another farm's?",
          e);
    }
  }

  /// The stage after this one, unless somebody else was faster. The key leaves the store with the last.
  public AuthorityPlan advance(AuthorityPlan seen, Instant now) throws StoreException {
    AuthorityPlan after =
        update(
            plan -> plan.generation() == seen.generation() ? plan.advanced(now.toString()) : plan);
    forgetKey(after);
    return after;
  }

  /// Once every coordinator has it on its disk, the store has no need of it.
  public void forgetKey(AuthorityPlan plan) throws StoreException {
    if (plan.stage() == AuthorityPlan.Stage.SETTLED) {
      boolean _ = znodes.delete(paths.authorityKey());
    }
  }

  /// A coordinator has followed.
  public void ready(String coordinator, long generation) throws StoreException {
    AuthorityPlan _ =
        update(plan -> plan.generation() == generation ? plan.with(coordinator) : plan);
  }

  /// Somebody has an identity of the next CA.
  ///
  /// @param identity `role/id`
  public void renewed(String identity, long generation) throws StoreException {
    AuthorityPlan _ =
        update(plan -> plan.generation() == generation ? plan.withRenewed(identity) : plan);
  }

  private AuthorityPlan update(UnaryOperator<AuthorityPlan> change) throws StoreException {
    String path = paths.authorityPlan();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Znodes.Versioned<AuthorityPlan>> before =
          znodes.readVersioned(path, AuthorityPlan.class);
      if (before.isEmpty()) {
        throw new StoreException(Kind.BAD_DATA, path + " is missing: restart a coordinator");
      }
      AuthorityPlan after = change.apply(before.get().value());
      if (after.equals(before.get().value())
          || znodes.set(path, Znodes.encode(path, after), before.get().version())) {
        return after;
      }
    }
    throw new StoreException(Kind.BAD_DATA, path + " is being changed all the time; try again");
  }
}
