package io.portcullis.farm.cli;

import io.portcullis.farm.api.client.AdminException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Trades a token for an identity; the command line asks for it, the farm's membership does it.
public interface Joining {
  /// @param identity the identity file written
  record Joined(String farm, String id, String role, Path identity) {}

  /// @param state directory for the identity, farm key and last good copy of a node
  /// @param operatorIdentity file for the identity if the token is an operator's
  /// @param name the name wished for; null = this machine's
  /// @throws AdminException if the token is refused or nobody answers
  Joined join(String token, Path state, Path operatorIdentity, @Nullable String name)
      throws AdminException;
}
