package io.portcullis.farm.api;

import io.portcullis.farm.api.AdminServer.Answer;
import io.portcullis.farm.api.wire.Backups;
import io.portcullis.farm.api.wire.Rotations;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.identity.Role;
import io.portcullis.farm.membership.Declined;
import io.portcullis.farm.membership.JoinDesk;
import io.portcullis.farm.store.AuditTrail;
import io.portcullis.farm.store.BindingLog;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.LeaderSeat;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.StoreException;
import io.portcullis.farm.store.TicketRing;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/// What the admin API offers, as `Wire` lists it: the one place where an [Endpoint] meets what it does.
public final class AdminRoutes {
  /// As many as a terminal scrolls back; older ones are reached by number.
  static final int HISTORY = 100;

  /// All that is kept.
  private static final int AUDIT = 1000;

  private final FarmStore store;
  private final JoinDesk desk;
  private final RevisionDesk revisions;
  private final FarmKeyDesk farmKeys;
  private final FarmCaDesk farmCas;
  private final DrainDesk drains;
  private final BindingDesk bindings;
  private final BindingLog log;
  private final CertificateDesk certificates;
  private final CoordinatorDesk coordinators;
  private final StatusBoard status;
  private final Doorkeeper door;
  private final OperatorDesk operators;

  /// A change is a few megabytes of log and snapshot. With less, ZooKeeper would die in the middle of it.
  static final long MIN_FREE_BYTES = 16L << 20;

  private final LongSupplier freeBytes;
  private final InstantSource clock;

  /// @param coordinator this coordinator's id
  /// @param seat where it stands beside the others
  /// @param freeBytes what the disk of the farm's state has left
  public AdminRoutes(
      String farm,
      String coordinator,
      FarmStore store,
      LeaderSeat seat,
      JoinDesk desk,
      BindingLog bindingLog,
      LongSupplier freeBytes,
      InstantSource clock) {
    this.freeBytes = freeBytes;
    this.store = store;
    this.desk = desk;
    this.clock = clock;
    door = new Doorkeeper(store, desk.authorities(), clock);
    operators = new OperatorDesk(store, clock);
    farmKeys = new FarmKeyDesk(store, seat::standing);
    drains = new DrainDesk(store, clock);
    bindings = new BindingDesk(store, bindingLog);
    log = bindingLog;
    certificates = new CertificateDesk(store, clock);
    coordinators = new CoordinatorDesk(store, seat, coordinator, clock);
    farmCas = new FarmCaDesk(store, seat::standing);
    status = new StatusBoard(farm, coordinators, store, farmCas);
    revisions = new RevisionDesk(farm, store, status, clock);
  }

  /// Every route with the least role that may use it.
  public static Map<String, String> table() {
    return Arrays.stream(Endpoint.values())
        .collect(
            Collectors.toMap(Endpoint::route, one -> one.access().name().toLowerCase(Locale.ROOT)));
  }

  Answer answer(AdminRequest request) throws Refusal, IOException, GeneralSecurityException {
    Endpoint endpoint =
        Endpoint.of(request.method(), request.path()).orElseThrow(AdminRequest::notFound);
    Caller caller = door.admit(endpoint, request);
    if (endpoint.changes()) {
      requireRoom();
    }
    return answer(endpoint, request, caller);
  }

  private void requireRoom() throws Refusal {
    long free = freeBytes.getAsLong();
    if (free < MIN_FREE_BYTES) {
      throw new Refusal(
          507,
          "nothing was changed: the disk of the coordinator's state directory has %d MB left, a change needs %d MB"
              .formatted(free >> 20, MIN_FREE_BYTES >> 20),
          "free some of it on the coordinator, then try again; nodes keep serving meanwhile");
    }
  }

  private Answer answer(Endpoint endpoint, AdminRequest request, Caller caller)
      throws Refusal, IOException, GeneralSecurityException {
    String name = request.path().getLast();
    return switch (endpoint) {
      case JOIN -> join(request);
      case RENEW -> renew(request, caller);
      case CREATE_TOKEN -> token(request, caller);
      case OPERATORS -> Answer.ok(operators.list());
      case REVOKE_OPERATOR -> {
        operators.revoke(name, caller);
        yield Answer.DONE;
      }
      case REMOVE_NODE -> remove(name, caller);
      case REMOVE_COORDINATOR -> {
        coordinators.remove(name, caller.id());
        yield Answer.DONE;
      }
      case APPLY -> apply(request, caller);
      case ROLLBACK -> rollback(request, caller);
      case CONFIRM -> confirm(caller);
      case HISTORY -> history();
      case REVISION -> revision(name);
      case AUDIT -> Answer.ok(audit());
      case STATUS -> Answer.ok(status.farm());
      case NODE -> Answer.ok(status.node(name));
      case DRAIN -> drain(request, caller);
      case DRAINS -> Answer.ok(drains.list());
      case RESUME -> resume(name, caller);
      case ROTATE_TICKETS -> rotateTickets(caller);
      case BINDINGS -> bindings(request, caller);
      case REQUEST_CERTIFICATE ->
          Answer.ok(
              certificates.request(
                  request.read(Wire.CertificateRequest.class, AdminRequest.MAX_JOIN_BYTES),
                  caller.id()));
      case ANSWER_CERTIFICATE ->
          Answer.ok(
              certificates.answer(
                  name,
                  request.read(Wire.CertificateAnswer.class, AdminRequest.MAX_BODY_BYTES),
                  caller.id()));
      case CERTIFICATES -> Answer.ok(certificates.list());
      case FARM_KEY -> Answer.ok(farmKeys.status(status.nodes()));
      case ROTATE_FARM_KEY -> rotateFarmKey(request, caller);
      case HAND_FARM_KEY -> handKey(name, caller);
      case FARM_CA -> Answer.ok(farmCas.status(status.nodes()));
      case ROTATE_FARM_CA -> rotateFarmCa(request, caller);
      case BACKUP ->
          Answer.ok(
              new BackupDesk(store, desk, log, clock)
                  .make(
                      request.read(Backups.Request.class, AdminRequest.MAX_JOIN_BYTES),
                      caller.id()));
    };
  }

  private Answer join(AdminRequest request) throws Refusal, IOException, GeneralSecurityException {
    try {
      return Answer.ok(
          desk.join(
              request.read(Wire.JoinRequest.class, AdminRequest.MAX_JOIN_BYTES), request.from()));
    } catch (Declined e) {
      throw declined(e);
    }
  }

  private Answer renew(AdminRequest request, Caller caller)
      throws Refusal, IOException, GeneralSecurityException {
    Wire.RenewRequest wish = request.read(Wire.RenewRequest.class, AdminRequest.MAX_JOIN_BYTES);
    try {
      return Answer.ok(
          desk.renew(caller.role(), caller.id(), caller.issued(), caller.authority(), wish));
    } catch (Declined e) {
      throw declined(e);
    }
  }

  private Answer rotateFarmKey(AdminRequest request, Caller caller) throws Refusal, IOException {
    Rotations.KeyRotation wish =
        request.read(Rotations.KeyRotation.class, AdminRequest.MAX_JOIN_BYTES);
    try {
      desk.farmKey().rotate(wish.again(), caller.id());
      return Answer.ok(farmKeys.status(status.nodes()));
    } catch (Declined e) {
      throw declined(e);
    }
  }

  private Answer rotateFarmCa(AdminRequest request, Caller caller)
      throws Refusal, IOException, GeneralSecurityException {
    Rotations.FarmCaRotation wish =
        request.read(Rotations.FarmCaRotation.class, AdminRequest.MAX_JOIN_BYTES);
    try {
      if (wish.finish()) {
        Rotations.FarmCaStatus now = farmCas.status(status.nodes());
        desk.authorities().finish(now.toRenew(), now.waitingFor(), caller.id());
      } else {
        desk.authorities().rotate(caller.id());
      }
      return Answer.ok(farmCas.status(status.nodes()));
    } catch (Declined e) {
      throw declined(e);
    }
  }

  private Answer handKey(String key, Caller caller) throws Refusal, IOException {
    try {
      return Answer.ok(desk.farmKey().hand(caller.role(), caller.id(), caller.issued(), key));
    } catch (Declined e) {
      throw declined(e);
    }
  }

  private Answer token(AdminRequest request, Caller caller)
      throws Refusal, IOException, GeneralSecurityException {
    try {
      return Answer.ok(
          desk.createToken(
              request.read(Wire.TokenRequest.class, AdminRequest.MAX_JOIN_BYTES), caller.id()));
    } catch (Declined e) {
      throw declined(e);
    }
  }

  private static Refusal declined(Declined e) {
    int status =
        switch (e.fault()) {
          case TOKEN -> 410;
          case REQUEST -> 400;
        };
    return new Refusal(status, e.getMessage() == null ? "declined" : e.getMessage(), e.hint());
  }

  private Answer apply(AdminRequest request, Caller caller) throws Refusal, IOException {
    Wire.ApplyResponse response =
        revisions.apply(
            request.read(Wire.ApplyRequest.class, AdminRequest.MAX_BODY_BYTES),
            request.flag("dryRun"),
            caller.id());
    return new Answer(response.accepted() ? 200 : 422, response);
  }

  private Answer rollback(AdminRequest request, Caller caller) throws Refusal, IOException {
    Wire.ApplyResponse response =
        revisions.rollback(
            request.read(Wire.RollbackRequest.class, AdminRequest.MAX_JOIN_BYTES), caller.id());
    return new Answer(response.accepted() ? 200 : 422, response);
  }

  /// The whole trail, and whether it is whole.
  private Wire.AuditReport audit() throws StoreException {
    AuditTrail.Break broken = store.audit().verify().orElse(null);
    return new Wire.AuditReport(
        store.audit().list(AUDIT).stream()
            .map(entry ->
                new Wire.AuditEntry(
                    entry.number(), entry.time(), entry.who(), entry.what(), entry.hash()))
            .toList(),
        broken == null ? null : new Wire.AuditBreak(broken.number(), broken.why()));
  }

  private Answer confirm(Caller caller) throws Refusal, IOException {
    long confirmed = store.revisions().confirm();
    if (confirmed == 0) {
      throw new Refusal(
          409,
          "no revision waits to be confirmed",
          "\"farmctl history\" tells whether the farm went back by itself");
    }
    store.audit().append(clock.instant(), caller.id(), "confirmed revision " + confirmed);
    return Answer.ok(new Wire.Confirmation(confirmed));
  }

  private Answer bindings(AdminRequest request, Caller caller) throws Refusal, IOException {
    Wire.BindingQuery query = request.read(Wire.BindingQuery.class, AdminRequest.MAX_JOIN_BYTES);
    if (query.delete()) {
      door.require(Access.OPERATOR, "to forget bindings", caller);
    }
    Wire.BindingList answer = bindings.answer(query);
    if (query.delete()) {
      store
          .audit()
          .append(
              clock.instant(),
              caller.id(),
              "deleted %d bindings: source %s, member %s"
                  .formatted(answer.deleted(), query.source(), query.member()));
    }
    return Answer.ok(answer);
  }

  private Answer rotateTickets(Caller caller) throws Refusal, IOException {
    if (store.tickets().read().announced().isPresent()) {
      throw new Refusal(
          409,
          "a new session-ticket key is on its way to the nodes already",
          "it seals as soon as every node has it; try again then");
    }
    TicketRing ring = store.tickets().update(found -> found.announcing(clock.instant()));
    store.audit().append(clock.instant(), caller.id(), "rotated the session-ticket keys");
    return Answer.ok(new Wire.TicketRotation(ring.generation()));
  }

  private Answer drain(AdminRequest request, Caller caller) throws Refusal, IOException {
    return Answer.ok(
        drains.drain(
            request.read(Wire.DrainRequest.class, AdminRequest.MAX_JOIN_BYTES), caller.id()));
  }

  private Answer resume(String name, Caller caller) throws Refusal, IOException {
    int colon = Math.max(0, name.indexOf(':'));
    String kind = name.substring(0, colon);
    String what = name.substring(colon + 1);
    if (!drains.resume(kind, what, caller.id())) {
      throw new Refusal(
          404, "%s %s is not drained".formatted(kind, what), "\"farmctl status\" shows what is");
    }
    return Answer.DONE;
  }

  private Answer history() throws Refusal, IOException {
    return Answer.ok(
        store.revisions().history(HISTORY).stream().map(AdminRoutes::summary).toList());
  }

  private Answer revision(String number) throws Refusal, IOException {
    Revision revision = revisions.existing(number(number));
    return Answer.ok(
        new Wire.RevisionDocument(summary(revision), revision.source(), revision.expanded()));
  }

  private static long number(String text) throws Refusal {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new Refusal(404, "\"" + text + "\" is no revision number", "see \"farmctl history\"");
    }
  }

  private boolean isNode(String id) throws StoreException {
    return store.nodes().members().stream()
        .anyMatch(member -> member.id().equals(id) && member.role().equals(Role.NODE.word()));
  }

  private Answer remove(String id, Caller caller) throws Refusal, IOException {
    if (store.nodes().report(id).isPresent() || isNode(id)) {
      // First, so that it cannot announce itself again.
      store.revocations().revoke("node/" + id, clock.instant());
    }
    if (!store.nodes().remove(id)) {
      throw StatusBoard.noSuchNode(id);
    }
    store.audit().append(clock.instant(), caller.id(), "removed node " + id);
    return Answer.DONE;
  }

  private static Wire.RevisionSummary summary(Revision revision) {
    return new Wire.RevisionSummary(
        revision.number(), revision.author(), revision.time(), revision.reason());
  }
}
