package io.portcullis.farm.store;

import io.portcullis.farm.store.StoreException.Kind;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;

/// What the leader keeps of its orders: accounts at authorities, orders on their way, the challenges that nodes answer. Only the leader writes.
public final class AcmeBook {
  private final Znodes znodes;
  private final FarmPaths paths;
  private final Secrets secrets;

  AcmeBook(Znodes znodes, FarmPaths paths, Secrets secrets) {
    this.znodes = znodes;
    this.paths = paths;
    this.secrets = secrets;
  }

  /// @param sealedKey sealed by [Secrets], in base64
  record StoredAccount(String sealedKey) {}

  record StoredOrder(
      String wanted,
      @Nullable String url,
      @Nullable String sealedKey,
      String since,
      int failures,
      @Nullable String failure,
      String nextTry) {}

  /// The key of an account, both halves as text; empty if there is none.
  public Optional<String> account(String account) throws StoreException {
    String path = paths.acmeAccount(account);
    Optional<StoredAccount> found = znodes.read(path, StoredAccount.class);
    return found.isEmpty() ? Optional.empty() : Optional.of(open(path, found.get().sealedKey()));
  }

  /// @return the key of the account from now on: another one if somebody else was faster
  public String keepAccount(String account, String keyText) throws StoreException {
    String path = paths.acmeAccount(account);
    boolean _ = znodes.create(path, Znodes.encode(path, new StoredAccount(seal(path, keyText))));
    return account(account).orElse(keyText);
  }

  public Optional<AcmeOrder> order(String name) throws StoreException {
    String path = paths.acmeOrder(name);
    Optional<StoredOrder> found = znodes.read(path, StoredOrder.class);
    return found.isEmpty() ? Optional.empty() : Optional.of(order(name, path, found.get()));
  }

  /// What went wrong last, and when the next try is; without opening the key.
  public Optional<AcmeOrder> standing(String name) throws StoreException {
    return znodes
        .read(paths.acmeOrder(name), StoredOrder.class)
        .map(stored -> order(name, stored, null));
  }

  private AcmeOrder order(String name, String path, StoredOrder stored) throws StoreException {
    String sealed = stored.sealedKey();
    return order(name, stored, sealed == null ? null : open(path, sealed));
  }

  private static AcmeOrder order(String name, StoredOrder stored, @Nullable String keyText) {
    return new AcmeOrder(
        name,
        stored.wanted(),
        stored.url(),
        keyText,
        Instant.parse(stored.since()),
        stored.failures(),
        stored.failure(),
        Instant.parse(stored.nextTry()));
  }

  /// Names that have an order on its way, or failed.
  public List<String> names() throws StoreException {
    return znodes.children(paths.acmeOrders()).stream().map(FarmPaths::name).sorted().toList();
  }

  public void keep(AcmeOrder order) throws StoreException {
    String path = paths.acmeOrder(order.name());
    byte[] bytes = encode(path, order);
    Optional<Znodes.Versioned<StoredOrder>> before = znodes.readVersioned(path, StoredOrder.class);
    boolean written =
        before.isPresent()
            ? znodes.set(path, bytes, before.get().version())
            : znodes.create(path, bytes);
    if (!written) {
      throw new StoreException(Kind.BAD_DATA, path + " was changed by another hand; trying again");
    }
  }

  private byte[] encode(String path, AcmeOrder order) throws StoreException {
    String keyText = order.keyText();
    return Znodes.encode(
        path,
        new StoredOrder(
            order.wanted(),
            order.url(),
            keyText == null ? null : seal(path, keyText),
            order.since().toString(),
            order.failures(),
            order.failure(),
            order.nextTry().toString()));
  }

  /// Forgets the order, its key, and its failures.
  public void remove(String name) throws StoreException {
    boolean _ = znodes.delete(paths.acmeOrder(name));
  }

  /// Lays challenges before the nodes, in the place of those before. They go with this session.
  public void announce(Challenges challenges) throws StoreException {
    String path = paths.challenges();
    byte[] bytes = Znodes.encode(path, challenges);
    boolean _ = withdraw();
    znodes.run(
        path,
        client -> {
          CuratorOp create =
              client.transactionOp().create().withMode(CreateMode.EPHEMERAL).forPath(path, bytes);
          try {
            return znodes.commit(client, create);
          } catch (KeeperException.NodeExistsException e) {
            // Our own success after a lost connection; anybody else's is found by its number.
            return List.of();
          }
        });
  }

  /// The challenges that lie before the nodes.
  public Challenges challenges() throws StoreException {
    return znodes.read(paths.challenges(), Challenges.class).orElse(Challenges.NONE);
  }

  /// @return false if none lay there
  public boolean withdraw() throws StoreException {
    return znodes.delete(paths.challenges());
  }

  /// @return how many keys were sealed with an older farm key
  int reseal() throws StoreException {
    int changed = 0;
    for (String segment : znodes.children(paths.acmeAccounts())) {
      changed += resealAccount(paths.acmeAccount(FarmPaths.name(segment))) ? 1 : 0;
    }
    for (String name : names()) {
      changed += resealOrder(name) ? 1 : 0;
    }
    return changed;
  }

  private boolean resealAccount(String path) throws StoreException {
    Optional<Znodes.Versioned<StoredAccount>> found =
        znodes.readVersioned(path, StoredAccount.class);
    if (found.isEmpty() || !isOfOlderKey(path, found.get().value().sealedKey())) {
      return false;
    }
    String again = seal(path, open(path, found.get().value().sealedKey()));
    boolean _ =
        znodes.set(path, Znodes.encode(path, new StoredAccount(again)), found.get().version());
    return true;
  }

  private boolean resealOrder(String name) throws StoreException {
    String path = paths.acmeOrder(name);
    Optional<Znodes.Versioned<StoredOrder>> found = znodes.readVersioned(path, StoredOrder.class);
    String sealed = found.map(order -> order.value().sealedKey()).orElse(null);
    if (found.isEmpty() || sealed == null || !isOfOlderKey(path, sealed)) {
      return false;
    }
    AcmeOrder opened = order(name, path, found.get().value());
    boolean _ = znodes.set(path, encode(path, opened), found.get().version());
    return true;
  }

  private boolean isOfOlderKey(String path, String sealed) {
    return secrets.isOfOlderKey(path, Base64.getDecoder().decode(sealed));
  }

  private String open(String path, String sealed) throws StoreException {
    try {
      return new String(
          secrets.open(path, Base64.getDecoder().decode(sealed)), StandardCharsets.UTF_8);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new StoreException(
          Kind.BAD_DATA,
          path + " does not open with this farm key: is farm.key from another farm or backup?",
          e);
    }
  }

  private String seal(String path, String text) throws StoreException {
    try {
      return Base64.getEncoder()
          .encodeToString(secrets.seal(path, text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new StoreException(Kind.BAD_DATA, path + " cannot be sealed", e);
    }
  }
}
