package io.portcullis.farm.store;

import java.util.ArrayList;
import java.util.List;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;

/// Who may do what below `/`: coordinators everything, nodes read what they run and write what is theirs, all others nothing.
///
/// The lists are `ArrayList`s because Curator asks them `contains(null)`, which `List.of` answers with an exception.
final class FarmAcls implements ACLProvider {
  /// Classes of identities that the server's authentication provider knows (`io.portcullis.farm.server`).
  private static final String COORDINATORS = "coordinators";

  private static final String MEMBERS = "members";

  /// ZooKeeper's own tree, which it creates open to everyone.
  static final String ZOOKEEPER = "/zookeeper";

  /// The members of the ensemble as ZooKeeper has them. Open to the superuser alone until the first coordinator changes that.
  static final String ENSEMBLE = ZOOKEEPER + "/config";

  /// What the servers in our coordinators call farm identities.
  static final String OWN_SCHEME = "x509";

  /// What our provider calls them in servers that others run, where `x509` is everybody's.
  static final String GUEST_SCHEME = "portcullis";

  private final FarmPaths paths;
  private final String scheme;

  FarmAcls(FarmPaths paths, String scheme) {
    this.paths = paths;
    this.scheme = scheme;
  }

  @Override
  public List<ACL> getDefaultAcl() {
    return coordinatorsOnly();
  }

  @Override
  public List<ACL> getAclForPath(String path) {
    if (isBelow(path, paths.tokens())
        || isBelow(path, paths.audit())
        || isBelow(path, paths.requests())
        || isBelow(path, paths.acmeAccounts())
        || isBelow(path, paths.acmeOrders())
        || isBelow(path, paths.leader())
        || path.equals(paths.term())
        || path.equals(paths.authorityKey())
        || isBelow(path, ZOOKEEPER)) {
      return coordinatorsOnly();
    }
    if (path.equals(FarmPaths.ALL_FARMS) && scheme.equals(GUEST_SCHEME)) {
      return way();
    }
    if (path.startsWith(paths.bindingLog() + "/")
        && path.indexOf('/', paths.bindingLog().length() + 1) < 0) {
      // Nodes append to an epoch; they neither begin one nor take an entry away.
      return coordinatorsAndMembers(Perms.READ | Perms.CREATE);
    }
    if (path.equals(paths.nodes())) {
      return coordinatorsAndMembers(Perms.READ | Perms.CREATE | Perms.DELETE);
    }
    if (isBelow(path, paths.nodes())) {
      return ownedBy(path.substring(path.lastIndexOf('/') + 1));
    }
    return coordinatorsAndMembers(Perms.READ);
  }

  /// For the way to the farms' places in an ensemble that others run: coordinators may look, and make what is missing.
  List<ACL> way() {
    List<ACL> acls = new ArrayList<>();
    acls.add(new ACL(Perms.READ | Perms.CREATE, new Id(scheme, COORDINATORS)));
    return acls;
  }

  /// A node's report: everyone in the farm reads it, the node itself writes it.
  private List<ACL> ownedBy(String node) {
    List<ACL> acls = coordinatorsAndMembers(Perms.READ);
    acls.add(new ACL(Perms.ALL, new Id(scheme, "node/" + node)));
    return acls;
  }

  private static boolean isBelow(String path, String parent) {
    return path.equals(parent) || path.startsWith(parent + "/");
  }

  private List<ACL> coordinatorsOnly() {
    List<ACL> acls = new ArrayList<>();
    acls.add(new ACL(Perms.ALL, new Id(scheme, COORDINATORS)));
    return acls;
  }

  private List<ACL> coordinatorsAndMembers(int perms) {
    List<ACL> acls = coordinatorsOnly();
    acls.add(new ACL(perms, new Id(scheme, MEMBERS)));
    return acls;
  }
}
