package io.portcullis.farm.verify;

import java.util.concurrent.atomic.AtomicBoolean;

/// Somebody who may sign in to the published services, to see that it works.
///
/// A password that was refused once is not tried again, at no other place and not by a later look: accounts lock.
public final class SignIn {
  private final String domain;
  private final String user;
  private final String password;
  private final AtomicBoolean refused = new AtomicBoolean();

  private SignIn(String domain, String user, String password) {
    this.domain = domain;
    this.user = user;
    this.password = password;
  }

  /// @param user `DOMAIN\name`, `name@domain` or a bare name
  public static SignIn of(String user, String password) {
    int backslash = user.indexOf('\\');
    return backslash < 0
        ? new SignIn("", user, password)
        : new SignIn(user.substring(0, backslash), user.substring(backslash + 1), password);
  }

  /// Empty for a user written as `name@domain`.
  String domain() {
    return domain;
  }

  String user() {
    return user;
  }

  String password() {
    return password;
  }

  boolean refused() {
    return refused.get();
  }

  void refuse() {
    refused.set(true);
  }

  @Override
  public String toString() {
    return "SignIn[" + user + ", password hidden]";
  }
}
