package io.portcullis.farm.store;

import io.portcullis.farm.identity.FarmHome;
import io.portcullis.farm.identity.FarmKeys;
import java.security.GeneralSecurityException;

/// Seals what a node keeps on its own disk, as [Secrets] seals what ZooKeeper keeps: under the farm key, for one place of one node. A copy
/// from another node or another farm does not open.
public final class LocalSeal {
  private final Secrets secrets;
  private final String owner;

  public LocalSeal(FarmHome home) {
    this(home.keys(), "%s/%s".formatted(home.farm(), home.identity().id()));
  }

  /// @param owner whose it is
  public LocalSeal(FarmKeys keys, String owner) {
    secrets = new Secrets(keys);
    this.owner = "disk/" + owner + "/";
  }

  /// @param place what it is, and what else must be as it was when it is opened
  public byte[] seal(String place, byte[] secret) throws GeneralSecurityException {
    return secrets.seal(owner + place, secret);
  }

  /// @throws GeneralSecurityException if it was sealed elsewhere, for another place, or changed
  public byte[] open(String place, byte[] sealed) throws GeneralSecurityException {
    return secrets.open(owner + place, sealed);
  }
}
