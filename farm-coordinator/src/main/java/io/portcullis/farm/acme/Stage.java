package io.portcullis.farm.acme;

import java.util.List;

/// How far an order is at its authority; the complete list.
public sealed interface Stage {

  /// These have to be answered before the authority is asked to look.
  record Prove(List<Proof> proofs) implements Stage {
    public Prove {
      proofs = List.copyOf(proofs);
    }
  }

  /// @param name in lower case
  /// @param content the key authorization (RFC 8555 §8.1)
  record Proof(String name, String token, String content) {}

  /// The authority is at it.
  record Wait() implements Stage {}

  /// Every name is proved; the authority wants the request.
  record Ready() implements Stage {}

  /// The certificate can be fetched.
  record Issued() implements Stage {}

  /// @param why in the authority's words
  record Failed(String why) implements Stage {}
}
