package io.portcullis.farm.api;

import io.portcullis.farm.identity.Role;
import io.portcullis.farm.membership.AuthorityDesk;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.StoreException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;

/// Who may use which endpoint: by the role in the certificate, and nobody who was revoked. Refusals of known identities are in the audit trail.
final class Doorkeeper {
  /// Who is refused may try every second; one entry tells as much as sixty.
  private static final Duration SAME_AGAIN = Duration.ofMinutes(10);

  /// Identities times endpoints that are refused within that time; beyond it everything is told anew.
  private static final int MAX_TOLD = 1_000;

  private final FarmStore store;
  private final AuthorityDesk authorities;
  private final InstantSource clock;
  private final ConcurrentHashMap<String, Instant> told = new ConcurrentHashMap<>();

  Doorkeeper(FarmStore store, AuthorityDesk authorities, InstantSource clock) {
    this.store = store;
    this.authorities = authorities;
    this.clock = clock;
  }

  /// @return who asks; [Caller#UNKNOWN] where nobody needs to be known
  Caller admit(Endpoint endpoint, AdminRequest request) throws Refusal, StoreException {
    if (endpoint.access() == Access.ANYBODY) {
      return Caller.UNKNOWN;
    }
    Caller caller =
        request
            .caller()
            .orElseThrow(() ->
                new Refusal(
                    403,
                    "the admin API needs a client certificate of this farm",
                    "use --identity FILE with an operator's identity file; one from before the farm"
                        + " changed its CA does not count: join again with a token"));
    // Who renews is judged where the certificate would be made, who asks for a key where it is.
    if (endpoint.access() != Access.HOLDER && endpoint.access() != Access.MACHINE) {
      requireNotRevoked(caller, request.from());
    }
    require(endpoint.access(), endpoint.route(), caller);
    authorities.seen(caller.role().word() + "/" + caller.id(), caller.authority());
    return caller;
  }

  private void requireNotRevoked(Caller caller, InetAddress from) throws Refusal, StoreException {
    String identity = caller.role().word() + "/" + caller.id();
    if (store.revocations().read().covers(identity, caller.issued()) || isRemoved(caller)) {
      tell(identity, "refused at %s: it was revoked".formatted(from.getHostAddress()));
      throw new Refusal(
          403,
          "the identity of %s was revoked".formatted(caller.id()),
          "an administrator makes a token for another with \"farmctl operator add\"");
    }
  }

  /// A coordinator that was taken out has a certificate that is good for a year.
  private boolean isRemoved(Caller caller) throws StoreException {
    return caller.role() == Role.COORDINATOR
        && store.coordinators().read().of(caller.id()).isEmpty();
  }

  /// @param what is asked for, in words
  void require(Access least, String what, Caller caller) throws Refusal, StoreException {
    if (least.admits(caller.role())) {
      return;
    }
    tell(
        caller.role().word() + "/" + caller.id(), "refused: " + what + " needs " + least.article());
    if (least == Access.MACHINE) {
      throw new Refusal(
          403,
          "only %s may ask for this".formatted(least.article()),
          "a person gets a new identity with \"farmctl operator add\" and \"farmctl join\"");
    }
    if (caller.role() == Role.NODE) {
      throw new Refusal(
          403,
          "%s is a node, and nodes may not administer the farm".formatted(caller.id()),
          "use an operator's identity file; a coordinator keeps one as operator.pem");
    }
    throw new Refusal(
        403,
        "%s is of role %s, and %s needs %s"
            .formatted(caller.id(), caller.role().word(), what, least.article()),
        "an administrator makes a token for another role with \"farmctl operator add --role ROLE\"");
  }

  private void tell(String identity, String what) throws StoreException {
    Instant now = clock.instant();
    String key = identity + " " + what;
    Instant before = told.get(key);
    if (before != null && now.isBefore(before.plus(SAME_AGAIN))) {
      return;
    }
    if (told.size() >= MAX_TOLD) {
      told.clear();
    }
    told.put(key, now);
    store.audit().append(now, identity, what);
  }
}
