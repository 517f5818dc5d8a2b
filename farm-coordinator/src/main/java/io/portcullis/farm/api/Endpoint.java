package io.portcullis.farm.api;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Everything that the admin API can be asked, and who may. There is no endpoint beside these, so none without a role.
///
/// Viewers look. Operators change what the farm publishes and how it runs. Administrators decide who and what belongs to it.
enum Endpoint {
  JOIN("POST", "join", Shape.WHOLE, Access.ANYBODY),
  RENEW("POST", "renew", Shape.WHOLE, Access.HOLDER),
  CREATE_TOKEN("POST", "tokens", Shape.WHOLE, Access.ADMINISTRATOR),
  OPERATORS("GET", "operators", Shape.WHOLE, Access.VIEWER),
  REVOKE_OPERATOR("DELETE", "operators", Shape.ONE, Access.ADMINISTRATOR),
  REMOVE_NODE("DELETE", "nodes", Shape.ONE, Access.ADMINISTRATOR),
  REMOVE_COORDINATOR("DELETE", "coordinators", Shape.ONE, Access.ADMINISTRATOR),
  APPLY("POST", "revisions", Shape.WHOLE, Access.OPERATOR),
  ROLLBACK("POST", "rollback", Shape.WHOLE, Access.OPERATOR),
  CONFIRM("POST", "confirm", Shape.WHOLE, Access.OPERATOR),
  HISTORY("GET", "revisions", Shape.WHOLE, Access.VIEWER),
  REVISION("GET", "revisions", Shape.ONE, Access.VIEWER),
  AUDIT("GET", "audit", Shape.WHOLE, Access.VIEWER),
  STATUS("GET", "status", Shape.WHOLE, Access.VIEWER),
  NODE("GET", "nodes", Shape.ONE, Access.VIEWER),
  DRAIN("POST", "drains", Shape.WHOLE, Access.OPERATOR),
  DRAINS("GET", "drains", Shape.WHOLE, Access.VIEWER),
  RESUME("DELETE", "drains", Shape.ONE, Access.OPERATOR),
  ROTATE_TICKETS("POST", "tickets", Shape.WHOLE, Access.OPERATOR),
  /// To forget bindings takes an operator.
  BINDINGS("POST", "bindings", Shape.WHOLE, Access.VIEWER),
  REQUEST_CERTIFICATE("POST", "certificates", Shape.WHOLE, Access.OPERATOR),
  ANSWER_CERTIFICATE("POST", "certificates", Shape.ONE, Access.OPERATOR),
  CERTIFICATES("GET", "certificates", Shape.WHOLE, Access.VIEWER),
  FARM_KEY("GET", "farm-key", Shape.WHOLE, Access.VIEWER),
  ROTATE_FARM_KEY("POST", "farm-key", Shape.WHOLE, Access.ADMINISTRATOR),
  HAND_FARM_KEY("POST", "farm-key", Shape.ONE, Access.MACHINE),
  FARM_CA("GET", "farm-ca", Shape.WHOLE, Access.VIEWER),
  ROTATE_FARM_CA("POST", "farm-ca", Shape.WHOLE, Access.ADMINISTRATOR),
  /// Whoever has the file and its passphrase is the farm.
  BACKUP("POST", "backup", Shape.WHOLE, Access.ADMINISTRATOR);

  /// What stands behind the word in the path.
  enum Shape {
    WHOLE,
    /// A name or number.
    ONE
  }

  private final String method;
  private final String word;
  private final Shape shape;
  private final Access access;

  Endpoint(String method, String word, Shape shape, Access access) {
    this.method = method;
    this.word = word;
    this.shape = shape;
    this.access = access;
  }

  Access access() {
    return access;
  }

  /// As the documentation writes it.
  String route() {
    return method + " /v1/" + word + (shape == Shape.ONE ? "/{}" : "");
  }

  boolean changes() {
    return !method.equals("GET");
  }

  static Optional<Endpoint> of(String method, List<String> path) {
    Shape shape = path.size() == 1 ? Shape.WHOLE : Shape.ONE;
    return Arrays.stream(values())
        .filter(one ->
            one.method.equals(method) && one.word.equals(path.getFirst()) && one.shape == shape)
        .findFirst();
  }
}
