package io.portcullis.farm.store;

import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;

/// The one proposal that the farm decides at a time.
///
/// Its znode is ephemeral, so a coordinator that dies while nodes vote takes its proposal with it, and a canary goes back: nothing has to be
/// cleaned up, by anybody.
public final class ProposalBook {
  private final Znodes znodes;
  private final FarmPaths paths;

  ProposalBook(Znodes znodes, FarmPaths paths) {
    this.znodes = znodes;
    this.paths = paths;
  }

  /// A proposal of ours that lies before the nodes.
  ///
  /// @param version of its znode; what becomes of it happens only if nobody else touched it
  public record Open(Proposal proposal, int version) {}

  public Optional<Proposal> current() throws StoreException {
    return znodes.read(paths.proposal(), Proposal.class);
  }

  /// @return empty if the farm is deciding another one
  public Optional<Open> open(Proposal proposal) throws StoreException {
    String path = paths.proposal();
    byte[] bytes = Znodes.encode(path, proposal);
    return znodes.run(
        path,
        client -> {
          try {
            client.create().withMode(CreateMode.EPHEMERAL).forPath(path, bytes);
          } catch (KeeperException.NodeExistsException e) {
            // The retry of our own success looks like someone else's.
            if (current().map(Proposal::id).filter(proposal.id()::equals).isEmpty()) {
              return Optional.empty();
            }
          }
          return Optional.of(new Open(proposal, 0));
        });
  }

  /// @return empty if it went away meanwhile
  public Optional<Open> change(Open open, Proposal next) throws StoreException {
    String path = paths.proposal();
    byte[] bytes = Znodes.encode(path, next);
    return znodes.run(
        path,
        client -> {
          try {
            int version =
                client.setData().withVersion(open.version()).forPath(path, bytes).getVersion();
            return Optional.of(new Open(next, version));
          } catch (KeeperException.NoNodeException | KeeperException.BadVersionException e) {
            return Optional.empty();
          }
        });
  }

  /// Takes it back; nothing if it is gone, or was changed by another hand.
  public void withdraw(Open open) throws StoreException {
    znodes.run(
        paths.proposal(),
        client -> {
          try {
            client.delete().withVersion(open.version()).forPath(paths.proposal());
          } catch (KeeperException.NoNodeException | KeeperException.BadVersionException e) {
            // Decided already.
          }
          return open;
        });
  }
}
