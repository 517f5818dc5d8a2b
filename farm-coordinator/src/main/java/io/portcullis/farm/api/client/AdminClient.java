package io.portcullis.farm.api.client;

import io.portcullis.farm.api.client.AdminException.Reason;
import io.portcullis.farm.api.wire.Backups;
import io.portcullis.farm.api.wire.HeldCertificates;
import io.portcullis.farm.api.wire.Rotations;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.call.BoundedCall;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.KeyRequest;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/// The admin API as an operator (or a tool) calls it: one method per thing the farm can be asked.
///
/// Coordinators are tried in the order of the identity file; a later one is tried only if the earlier provably did not
/// get the request, or if the request only reads. Safe for use by several threads.
public final class AdminClient implements AutoCloseable {
  /// Covers the TLS handshake, the first of a cold JVM perhaps on both sides: seconds on a busy virtual machine that has just
  /// started. One that does not answer must not hide the next for long.
  public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);

  /// A large document is compiled and written to an ensemble within seconds; past this nobody is working on it.
  public static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

  /// From the head of an answer to its end: the largest over a slow line.
  private static final Duration REST_TIMEOUT = Duration.ofMinutes(2);

  /// ZooKeeper keeps a document under 1 MB compressed; the status of hundreds of nodes stays below this too.
  public static final long MAX_ANSWER_BYTES = 16L << 20;

  private final IdentityFile identity;
  private final HttpClient http;
  private final Duration rest;
  private volatile boolean renewalDue;

  private AdminClient(IdentityFile identity, HttpClient http, Duration rest) {
    this.identity = identity;
    this.http = http;
    this.rest = rest;
  }

  /// @throws AdminException if the file is missing, unreadable or garbled, saying how to get one
  public static AdminClient open(Path identityFile) throws AdminException {
    try {
      return of(IdentityFile.read(identityFile));
    } catch (NoSuchFileException e) {
      throw new AdminException(
          Reason.IDENTITY,
          "there is no identity file " + identityFile,
          "on a coordinator use --identity <its state directory>/operator.pem; elsewhere run"
              + " \"farmctl token create --role operator\" there and \"farmctl join TOKEN\" here",
          e);
    } catch (java.nio.file.AccessDeniedException e) {
      throw new AdminException(
          Reason.IDENTITY,
          "you may not read the identity file " + identityFile,
          "run as its owner, or get an identity of your own with \"farmctl join TOKEN\"",
          e);
    } catch (IOException e) {
      String message = e.getMessage();
      throw new AdminException(
          Reason.IDENTITY,
          message == null ? identityFile + " cannot be read" : message,
          "name a file that \"farmctl join TOKEN\" or the coordinator wrote, with --identity FILE",
          e);
    }
  }

  public static AdminClient of(IdentityFile identity) throws AdminException {
    return of(identity, REST_TIMEOUT);
  }

  /// @param rest from the head of an answer to its end
  static AdminClient of(IdentityFile identity, Duration rest) throws AdminException {
    try {
      requireCurrent(identity.certificate());
      return new AdminClient(
          identity,
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(CONNECT_TIMEOUT)
              .followRedirects(HttpClient.Redirect.NEVER)
              .sslContext(identity.sslContext(Set.of("coordinator")))
              .build(),
          rest);
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      throw new AdminException(
          Reason.IDENTITY,
          "the identity of " + identity.id() + " has a key or certificate that cannot be read",
          "get a new one with \"farmctl token create --role operator\" and \"farmctl join TOKEN\"",
          e);
    }
  }

  private static void requireCurrent(X509Certificate certificate) throws AdminException {
    Instant end = certificate.getNotAfter().toInstant();
    if (end.isBefore(Instant.now())) {
      throw new AdminException(
          Reason.IDENTITY,
          "the identity of " + IdentityFile.idOf(certificate) + " expired at " + end,
          "get a new one with \"farmctl token create --role operator\" on a coordinator and"
              + " \"farmctl join TOKEN\" here");
    }
  }

  public String farm() {
    return identity.farm();
  }

  /// Whom the farm knows the caller as.
  public String id() {
    return identity.id();
  }

  public Wire.FarmStatus status() throws AdminException {
    return read(exchange("GET", "/v1/status", null), Wire.FarmStatus.class);
  }

  public Wire.NodeStatus node(String id) throws AdminException {
    return read(exchange("GET", "/v1/nodes/" + segment(id), null), Wire.NodeStatus.class);
  }

  /// The people who have an identity.
  public List<Wire.OperatorStatus> operators() throws AdminException {
    return List.of(read(exchange("GET", "/v1/operators", null), Wire.OperatorStatus[].class));
  }

  public void revokeOperator(String id) throws AdminException {
    exchange("DELETE", "/v1/operators/" + segment(id), null);
  }

  public void removeNode(String id) throws AdminException {
    exchange("DELETE", "/v1/nodes/" + segment(id), null);
  }

  public Wire.TicketRotation rotateTickets() throws AdminException {
    return read(exchange("POST", "/v1/tickets", null), Wire.TicketRotation.class);
  }

  /// Takes a coordinator out of the ensemble; the others go on without it.
  public void removeCoordinator(String id) throws AdminException {
    exchange("DELETE", "/v1/coordinators/" + segment(id), null);
  }

  public Wire.DrainResponse drain(Wire.DrainRequest request) throws AdminException {
    return read(exchange("POST", "/v1/drains", request), Wire.DrainResponse.class);
  }

  /// @param kind `member` or `node`
  public void resume(String kind, String name) throws AdminException {
    exchange("DELETE", "/v1/drains/" + segment(kind + ":" + name), null);
  }

  public Wire.CertificateCsr requestCertificate(Wire.CertificateRequest request)
      throws AdminException {
    return read(exchange("POST", "/v1/certificates", request), Wire.CertificateCsr.class);
  }

  /// A refused answer of an authority is an answer here too: its version is 0.
  public Wire.CertificateImported importCertificate(String name, Wire.CertificateAnswer answer)
      throws AdminException {
    return read(
        exchange("POST", "/v1/certificates/" + segment(name), answer),
        Wire.CertificateImported.class);
  }

  public Rotations.FarmKeyStatus farmKey() throws AdminException {
    return read(exchange("GET", "/v1/farm-key", null), Rotations.FarmKeyStatus.class);
  }

  /// @param again give up the one that is on its way
  public Rotations.FarmKeyStatus rotateFarmKey(boolean again) throws AdminException {
    return read(
        exchange("POST", "/v1/farm-key", new Rotations.KeyRotation(again)),
        Rotations.FarmKeyStatus.class);
  }

  public Rotations.FarmCaStatus farmCa() throws AdminException {
    return read(exchange("GET", "/v1/farm-ca", null), Rotations.FarmCaStatus.class);
  }

  /// @param finish go on without whoever has not renewed
  public Rotations.FarmCaStatus rotateFarmCa(boolean finish) throws AdminException {
    return read(
        exchange("POST", "/v1/farm-ca", new Rotations.FarmCaRotation(finish)),
        Rotations.FarmCaStatus.class);
  }

  /// The whole farm, sealed with a passphrase.
  ///
  /// @param withoutBindings leave out which member owns which source
  public Backups.Sealed backup(String passphrase, boolean withoutBindings) throws AdminException {
    return read(
        exchange("POST", "/v1/backup", new Backups.Request(passphrase, withoutBindings)),
        Backups.Sealed.class);
  }

  public HeldCertificates certificates() throws AdminException {
    return read(exchange("GET", "/v1/certificates", null), HeldCertificates.class);
  }

  public Wire.BindingList bindings(Wire.BindingQuery query) throws AdminException {
    return read(exchange("POST", "/v1/bindings", query), Wire.BindingList.class);
  }

  public Wire.DrainResponse drains() throws AdminException {
    return read(exchange("GET", "/v1/drains", null), Wire.DrainResponse.class);
  }

  public Wire.TokenResponse createToken(Wire.TokenRequest request) throws AdminException {
    return read(exchange("POST", "/v1/tokens", request), Wire.TokenResponse.class);
  }

  /// A refused document is an answer, not a failure: `accepted` is false and the problems say why.
  ///
  /// @param dryRun validates and compares without writing
  public Wire.ApplyResponse apply(Wire.ApplyRequest request, boolean dryRun) throws AdminException {
    return read(
        exchange(
            "POST",
            dryRun ? "/v1/revisions?dryRun=true" : "/v1/revisions",
            request,
            ANSWER_TIMEOUT.plus(trial(request))),
        Wire.ApplyResponse.class);
  }

  /// An answer comes when the canary has finished.
  private static Duration trial(Wire.ApplyRequest request) {
    Wire.Care care = request.care();
    Wire.Canary canary = care == null ? null : care.canary();
    return canary == null ? Duration.ZERO : Duration.ofSeconds(canary.seconds());
  }

  public Wire.AuditReport audit() throws AdminException {
    return read(exchange("GET", "/v1/audit", null), Wire.AuditReport.class);
  }

  public Wire.Confirmation confirm() throws AdminException {
    return read(exchange("POST", "/v1/confirm", null), Wire.Confirmation.class);
  }

  /// Newest first.
  public List<Wire.RevisionSummary> revisions() throws AdminException {
    return List.of(read(exchange("GET", "/v1/revisions", null), Wire.RevisionSummary[].class));
  }

  public Wire.RevisionDocument revision(long revision) throws AdminException {
    return read(exchange("GET", "/v1/revisions/" + revision, null), Wire.RevisionDocument.class);
  }

  public Wire.ApplyResponse rollback(Wire.RollbackRequest request) throws AdminException {
    return read(exchange("POST", "/v1/rollback", request), Wire.ApplyResponse.class);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private byte[] exchange(String method, String path, @Nullable Object body) throws AdminException {
    return exchange(method, path, body, ANSWER_TIMEOUT);
  }

  private byte[] exchange(String method, String path, @Nullable Object body, Duration patience)
      throws AdminException {
    List<String> tried = new ArrayList<>();
    for (String address : identity.coordinators()) {
      try {
        HttpResponse<byte[]> response =
            BoundedCall.send(
                http, request(address, method, path, body, patience), MAX_ANSWER_BYTES, rest);
        note(response);
        return Answers.accepted(response.statusCode(), response.body(), address);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AdminException(
            Reason.UNCERTAIN, "interrupted while waiting for " + address, "", e);
      } catch (IOException | IllegalArgumentException e) {
        tried.add(address + ": " + Attempts.why(e, identity));
        if (!Attempts.mayTryNext(e, method)) {
          throw Attempts.lost(address, e);
        }
      }
    }
    throw Attempts.unreachable(identity.farm(), tried);
  }

  /// A coordinator shows its farm's CA last.
  private void note(HttpResponse<byte[]> response) {
    response
        .sslSession()
        .ifPresent(session -> {
          try {
            Certificate[] shown = session.getPeerCertificates();
            renewalDue = !shown[shown.length - 1].equals(identity.caCertificate());
          } catch (SSLPeerUnverifiedException | GeneralSecurityException e) {
            renewalDue = false;
          }
        });
  }

  /// Whether the farm goes over to another CA, which has to certify this identity too.
  public boolean isRenewalDue() {
    return renewalDue;
  }

  /// The same identity with a new key and a certificate of the farm's new CA, whom it trusts and no other. Nothing is written.
  public IdentityFile renew() throws AdminException {
    try {
      KeyRequest key = KeyRequest.create(identity.id());
      Wire.RenewResponse answer =
          read(
              exchange("POST", "/v1/renew", new Wire.RenewRequest(key.csrPem())),
              Wire.RenewResponse.class);
      IdentityFile renewed = identity.renewed(key.keyPem(), answer.certificate());
      String authority = answer.authority();
      return authority == null ? renewed : renewed.trusting(authority);
    } catch (GeneralSecurityException | IOException e) {
      throw new AdminException(
          Reason.IDENTITY, "a new key could not be made: " + e.getMessage(), "try again", e);
    }
  }

  private static HttpRequest request(
      String address, String method, String path, @Nullable Object body, Duration patience) {
    HttpRequest.BodyPublisher publisher =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofByteArray(WireJson.write(body));
    return HttpRequest.newBuilder(URI.create("https://" + address + path))
        .timeout(patience)
        .header("Content-Type", "application/json")
        .header("Accept", "application/json")
        .method(method, publisher)
        .build();
  }

  private static <T> T read(byte[] body, Class<T> type) throws AdminException {
    return Answers.read(body, type);
  }

  private static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
