package io.portcullis.farm.api.wire;

import io.portcullis.farm.model.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What travels between `farmctl` and the admin API, as JSON (Jackson, unknown properties refused).
///
/// Paths: `POST /v1/join` (server-authenticated TLS and a one-time secret; every other path needs a client certificate of
/// the farm), `POST /v1/tokens`, `GET /v1/operators`, `DELETE /v1/operators/{id}`, `POST /v1/revisions[?dryRun=true]`, `GET /v1/revisions`, `GET /v1/revisions/{n}`,
/// `POST /v1/renew` (whoever has an identity, for itself), `GET /v1/farm-ca`, `POST /v1/farm-ca` (rotates the farm's CA, or finishes that), `POST /v1/confirm`, `GET /v1/audit`, `POST /v1/tickets` (rotates the session-ticket keys), `POST /v1/drains`, `GET /v1/drains`, `DELETE /v1/drains/{kind}:{name}`, `POST /v1/rollback`, `GET /v1/status`, `POST /v1/bindings` (a query), `POST /v1/certificates` (a request), `GET /v1/certificates`, `POST /v1/certificates/{name}` (an authority's answer), `GET /v1/nodes/{id}`, `DELETE /v1/nodes/{id}`, `DELETE /v1/coordinators/{id}`. Answers: a revision posted or rolled
/// back gives an `ApplyResponse` (422 when refused), the list of revisions a JSON array of `RevisionSummary`, newest first,
/// a deletion 204. `WireJson` reads and writes them all.
public final class Wire {
  private Wire() {}

  /// Asks for an identity. `csr` is PEM; `role` must be the token's role.
  public record JoinRequest(String secret, String csr, String name) {}

  /// An identity, and where the farm is.
  ///
  /// @param id node id, unique in the farm
  /// @param certificate PEM chain for the CSR's key, leaf first
  /// @param farmKey base64 of the 256-bit farm key; absent for operators
  /// @param zookeeper connect string `host:port,host:port`; absent for operators
  /// @param authorityKey PEM of the farm CA's key; for coordinators only, for each of them lets others in
  /// @param zookeeperCa PEM of the CAs of the servers in `zookeeper`, where others run them; null where coordinators do
  public record JoinResponse(
      String farm,
      String id,
      String certificate,
      String caCertificate,
      @Nullable String farmKey,
      @Nullable String zookeeper,
      @Nullable String authorityKey,
      @Nullable String zookeeperCa) {

    @Override
    public String toString() {
      return "JoinResponse[" + farm + ", " + id + ", secrets hidden]";
    }
  }

  /// A node's wish for a younger certificate of the same identity; the one it has is the client certificate.
  ///
  /// @param csr PEM, for a new key
  public record RenewRequest(String csr) {}

  /// @param certificate PEM, leaf only
  /// @param authority PEM of the CA that signed it; null from a release that has only ever one
  public record RenewResponse(String certificate, @Nullable String authority) {}

  /// @param role `node`, `viewer`, `operator`, `administrator` or `coordinator`
  /// @param address where it may be shown from, an address or a network as `192.0.2.0/24`; null = anywhere
  public record TokenRequest(String role, long validSeconds, @Nullable String address) {
    public TokenRequest(String role, long validSeconds) {
      this(role, validSeconds, null);
    }
  }

  /// A person with an identity.
  ///
  /// @param role `viewer`, `operator` or `administrator`
  public record OperatorStatus(String id, String role, Instant since) {}

  /// @param token the one line to paste: `portcullis1.<base64url of coordinator address, CA fingerprint and secret>`
  public record TokenResponse(String token, Instant expires) {}

  /// A document as typed, with every file it names beside it.
  ///
  /// @param document YAML text exactly as the operator wrote it
  /// @param files contents of the files the document names, by the name used in the document (PEM text)
  /// @param ifRevision the revision the operator looked at (compare-and-set); null = whatever is current
  /// @param care null = none
  public record ApplyRequest(
      String document,
      Map<String, String> files,
      @Nullable Long ifRevision,
      String reason,
      @Nullable Care care) {

    public ApplyRequest(
        String document, Map<String, String> files, @Nullable Long ifRevision, String reason) {
      this(document, files, ifRevision, reason, null);
    }
  }

  /// How carefully a change is made.
  ///
  /// @param confirmSeconds the farm goes back by itself unless somebody confirms within; 0 = it stays
  /// @param canary null = all nodes at once
  /// @param allowUncovered public names may be published before a certificate carries them
  public record Care(long confirmSeconds, @Nullable Canary canary, boolean allowUncovered) {
    public static final Care NONE = new Care(0, null);

    public Care(long confirmSeconds, @Nullable Canary canary) {
      this(confirmSeconds, canary, false);
    }
  }

  /// @param node serves it alone at first
  public record Canary(String node, long seconds) {}

  /// A revision that waits for `farmctl confirm`.
  ///
  /// @param backTo whose content comes back at `until`
  public record Unconfirmed(long revision, long backTo, Instant until) {}

  /// @param time ISO-8601
  /// @param hash binds it to the entry before
  public record AuditEntry(long number, String time, String who, String what, String hash) {}

  /// The first entry that is not what it was.
  public record AuditBreak(long number, String why) {}

  /// @param entries newest first
  /// @param broken null if the chain holds
  public record AuditReport(List<AuditEntry> entries, @Nullable AuditBreak broken) {}

  /// @param revision that stays now
  public record Confirmation(long revision) {}

  /// @param revision the revision written, or the current one for a dry run or when nothing changed
  /// @param accepted false when any problem is an error; nothing was written then
  /// @param changes one line per difference against the current revision, as `diff` prints them
  public record ApplyResponse(
      boolean accepted,
      long revision,
      boolean unchanged,
      List<Problem> problems,
      List<String> changes) {}

  public record RollbackRequest(long to, String reason) {}

  public record RevisionSummary(long revision, String author, Instant time, String reason) {}

  /// @param source the document as the operator typed it
  /// @param expanded canonical YAML of what nodes run (no `lync`, no file names)
  public record RevisionDocument(RevisionSummary summary, String source, String expanded) {}

  /// The whole farm on one screen.
  ///
  /// @param unconfirmed null unless the revision waits to be confirmed
  /// @param ensemble connect string of the ensemble where others run it; null where coordinators do
  public record FarmStatus(
      String farm,
      long revision,
      List<CoordinatorStatus> coordinators,
      List<NodeStatus> nodes,
      List<CertificateStatus> certificates,
      @Nullable Unconfirmed unconfirmed,
      Rotations.@Nullable FarmCaStatus farmCa,
      List<CertificateOrder> orders,
      @Nullable String ensemble) {

    /// A coordinator of an older release orders nothing.
    public FarmStatus {
      orders = orders == null ? List.of() : List.copyOf(orders);
    }

    public FarmStatus(
        String farm,
        long revision,
        List<CoordinatorStatus> coordinators,
        List<NodeStatus> nodes,
        List<CertificateStatus> certificates,
        @Nullable Unconfirmed unconfirmed) {
      this(farm, revision, coordinators, nodes, certificates, unconfirmed, null, List.of(), null);
    }

    public FarmStatus(
        String farm,
        long revision,
        List<CoordinatorStatus> coordinators,
        List<NodeStatus> nodes,
        List<CertificateStatus> certificates) {
      this(farm, revision, coordinators, nodes, certificates, null);
    }
  }

  public record CoordinatorStatus(String id, String address, String state) {}

  /// @param appliedRevision 0 before the first
  /// @param rejected why the current revision could not be applied; null if it was or is on its way
  /// @param listeners listener name to the address bound
  /// @param memberStates `pool/member` to `up`, `down: reason` or `draining`
  /// @param standing null from a release that does not say
  public record NodeStatus(
      String id,
      String version,
      Instant startedAt,
      long appliedRevision,
      @Nullable String rejected,
      Map<String, String> listeners,
      Map<String, String> memberStates,
      long openConnections,
      long exchanges,
      boolean draining,
      @Nullable Standing standing) {

    /// A node that takes new clients.
    public NodeStatus(
        String id,
        String version,
        Instant startedAt,
        long appliedRevision,
        @Nullable String rejected,
        Map<String, String> listeners,
        Map<String, String> memberStates,
        long openConnections,
        long exchanges) {
      this(
          id,
          version,
          startedAt,
          appliedRevision,
          rejected,
          listeners,
          memberStates,
          openConnections,
          exchanges,
          false,
          null);
    }
  }

  /// What a node says for the farm's own decisions.
  ///
  /// @param tickets generation of the session-ticket keys it opens tickets with; 0 = its own only
  /// @param vote on the proposal it saw last; null before the first
  /// @param outcome how it fared with the revisions it met
  /// @param farmKey generation of the plan for farm keys whose keys it has
  /// @param challenges number of the newest ACME challenges that it answers; 0 = none yet, or a release that answers none
  /// @param holds virtual addresses that are on its cards now
  /// @param farmCa generation of the plan for the farm's CA that its identity is right for
  public record Standing(
      long tickets,
      @Nullable Vote vote,
      Load load,
      Outcome outcome,
      Long farmKey,
      Long challenges,
      List<String> holds,
      Long farmCa) {
    public static final Standing NONE = new Standing(0, null, Load.NONE);

    /// A node of an older release says nothing of its outcome, farm keys, challenges and virtual addresses.
    public Standing {
      outcome = Objects.requireNonNullElse(outcome, Outcome.NONE);
      farmKey = Objects.requireNonNullElse(farmKey, 0L);
      challenges = Objects.requireNonNullElse(challenges, 0L);
      holds = holds == null ? List.of() : List.copyOf(holds);
      farmCa = Objects.requireNonNullElse(farmCa, 0L);
    }

    public Standing(
        long tickets,
        @Nullable Vote vote,
        Load load,
        Outcome outcome,
        Long farmKey,
        Long challenges) {
      this(tickets, vote, load, outcome, farmKey, challenges, List.of(), 0L);
    }

    public Standing holding(List<String> addresses) {
      return new Standing(tickets, vote, load, outcome, farmKey, challenges, addresses, farmCa);
    }

    public Standing following(long generation) {
      return new Standing(tickets, vote, load, outcome, farmKey, challenges, holds, generation);
    }

    public Standing(long tickets, @Nullable Vote vote, Load load, Outcome outcome, Long farmKey) {
      this(tickets, vote, load, outcome, farmKey, 0L);
    }

    public Standing(long tickets, @Nullable Vote vote, Load load, Outcome outcome) {
      this(tickets, vote, load, outcome, 0L);
    }

    public Standing(long tickets, @Nullable Vote vote, Load load) {
      this(tickets, vote, load, Outcome.NONE);
    }
  }

  /// @param accepted number of the proposal it voted for last, since it started; 0 = none
  /// @param rejected number of the revision that it cannot serve although the farm has it; 0 = none
  /// @param unsaved why what it serves is not on its disk; null = it is
  public record Outcome(long accepted, long rejected, @Nullable String unsaved) {
    public static final Outcome NONE = new Outcome(0, 0, null);
  }

  /// @param proposal its id
  /// @param veto why this node cannot serve it; null = it can
  /// @param trial it serves the proposal already, as its canary
  /// @param looks how often it was asked for its figures since
  public record Vote(String proposal, @Nullable String veto, boolean trial, int looks) {
    public Vote(String proposal, @Nullable String veto, boolean trial) {
      this(proposal, veto, trial, 0);
    }
  }

  /// Counted since the node started; two reports make a rate.
  ///
  /// @param failed answers of class 5xx, and exchanges that ended in a failure which was not the client's
  /// @param durations how many took up to 1, 2, 4, 8, ... milliseconds
  public record Load(long answered, long failed, List<Long> durations) {
    public static final Load NONE = new Load(0, 0, List.of());

    public Load {
      durations = List.copyOf(durations);
    }
  }

  /// @param generation of the keys that are on their way to the nodes; they seal as soon as all nodes have them
  public record TicketRotation(long generation) {}

  /// Takes nothing new until resumed, or for a time.
  ///
  /// @param kind `member` or `node`
  /// @param name `pool/host` of a member, id of a node
  /// @param forSeconds 0 = until resumed
  public record DrainRequest(String kind, String name, long forSeconds) {}

  /// @param until null = until resumed
  public record DrainStatus(
      String kind, String name, String by, Instant since, @Nullable Instant until) {}

  /// @param drains everything that is drained now
  /// @param warning what this drain leaves behind that the operator may not have meant
  public record DrainResponse(List<DrainStatus> drains, @Nullable String warning) {
    public DrainResponse {
      drains = List.copyOf(drains);
    }
  }

  public record CertificateStatus(String name, List<String> names, Instant notAfter) {}

  /// A key is made in the farm for a certificate with these names, and its request answered.
  ///
  /// @param name of the certificate in documents
  /// @param again throws away the key of a request that waits under this name
  public record CertificateRequest(String name, List<String> names, boolean again) {
    public CertificateRequest {
      names = List.copyOf(names);
    }
  }

  /// @param csr PEM, for an authority
  /// @param fresh false if this request waited already
  public record CertificateCsr(String name, List<String> names, String csr, boolean fresh) {}

  /// @param chain PEM, leaf first
  /// @param key PEM, PKCS #8; null = the key that waits in the farm
  public record CertificateAnswer(String chain, @Nullable String key) {
    @Override
    public String toString() {
      return "CertificateAnswer[key hidden]";
    }
  }

  /// @param version in the farm's store; 0 if it was refused, and the problems say why
  public record CertificateImported(String name, int version, List<Problem> problems) {}

  /// Which bindings are asked for; null = any.
  ///
  /// @param source an address: the bindings of all sources it belongs to
  /// @param member a member's host
  /// @param limit how many the answer may list
  /// @param delete forgets what matches: the next request of such a source chooses anew
  public record BindingQuery(
      @Nullable String source, @Nullable String member, int limit, boolean delete) {}

  /// @param group the pool, or the persistence group of several
  /// @param member the member's host; `#` and a number if the farm does not know it any more
  public record Binding(String group, String source, String member, long idleSeconds) {}

  /// @param total in the farm
  /// @param matched by the query, listed or not
  /// @param deleted of those, how many are being forgotten
  public record BindingList(int total, int matched, int deleted, List<Binding> bindings) {}

  /// An answer that is not 2xx: one sentence that says what happened, and one that says what to do.
  public record ErrorResponse(String error, String hint) {}
}
