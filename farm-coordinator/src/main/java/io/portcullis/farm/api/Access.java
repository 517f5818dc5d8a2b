package io.portcullis.farm.api;

import io.portcullis.farm.identity.Role;

/// Who may use an endpoint. Each kind of person may do what the ones before it may; coordinators hold the farm's keys and may do everything.
enum Access {
  /// Also without a certificate: what is sent proves itself.
  ANYBODY,
  /// Whoever has an identity, for itself.
  HOLDER,
  /// A node or coordinator, for itself.
  MACHINE,
  VIEWER,
  OPERATOR,
  ADMINISTRATOR;

  boolean admits(Role role) {
    return switch (this) {
      case ANYBODY -> true;
      case HOLDER -> true;
      case MACHINE -> role == Role.NODE || role == Role.COORDINATOR;
      case VIEWER -> role != Role.NODE;
      case OPERATOR -> role != Role.NODE && role != Role.VIEWER;
      case ADMINISTRATOR -> role == Role.ADMINISTRATOR || role == Role.COORDINATOR;
    };
  }

  /// For sentences: `an operator`.
  String article() {
    return switch (this) {
      case ANYBODY -> "anybody";
      case HOLDER -> "an identity of the farm";
      case MACHINE -> "a node or coordinator";
      case VIEWER -> "a viewer";
      case OPERATOR -> "an operator";
      case ADMINISTRATOR -> "an administrator";
    };
  }
}
