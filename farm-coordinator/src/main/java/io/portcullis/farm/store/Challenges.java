package io.portcullis.farm.store;

import io.portcullis.farm.model.Acme;
import java.util.List;

/// What nodes answer while an ACME authority looks whether names are the farm's (RFC 8555 §8, RFC 8737).
///
/// @param number tells these from all others; nodes report it when they answer
public record Challenges(long number, List<Answer> answers) {
  public static final Challenges NONE = new Challenges(0, List.of());

  /// As many names as a certificate may have.
  static final int MOST = 100;

  public Challenges {
    if (answers.size() > MOST) {
      throw new IllegalArgumentException(answers.size() + " challenges at once");
    }
    answers = List.copyOf(answers);
  }

  /// @param name whose proof it is, in lower case
  /// @param token that the authority asks for
  /// @param proof the key authorization: token, dot, thumbprint of the account's key
  public record Answer(Acme.Challenge kind, String name, String token, String proof) {}
}
