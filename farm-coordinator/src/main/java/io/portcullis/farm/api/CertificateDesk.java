package io.portcullis.farm.api;

import io.portcullis.farm.api.wire.HeldCertificates;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.codec.CertificateChecks;
import io.portcullis.farm.codec.Expiry;
import io.portcullis.farm.codec.PemCertificates;
import io.portcullis.farm.identity.ServerRequest;
import io.portcullis.farm.model.Problem;
import io.portcullis.farm.store.CertificateRequests;
import io.portcullis.farm.store.CertificateRequests.Waiting;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.StoreException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Certificates of public names whose key is made here: it is sealed into the store at once and no answer ever holds it.
final class CertificateDesk {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  /// A host name, or a wildcard for one label (RFC 9525 §6.3).
  private static final Pattern HOST =
      Pattern.compile(
          "(?=.{1,253}$)(\\*\\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  /// Public authorities take a hundred names.
  private static final int MAX_NAMES = 100;

  /// Requests that nobody answers are a mistake, and each costs a key pair.
  private static final int MAX_WAITING = 100;

  private final FarmStore store;
  private final InstantSource clock;

  CertificateDesk(FarmStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  Wire.CertificateCsr request(Wire.CertificateRequest wanted, String by)
      throws Refusal, IOException, GeneralSecurityException {
    List<String> names = checked(wanted);
    CertificateRequests requests = store.certificateRequests();
    Optional<Waiting> waiting = requests.read(wanted.name());
    if (waiting.isPresent() && !wanted.again()) {
      if (waiting.get().names().equals(names)) {
        return csr(waiting.get(), false);
      }
      throw new Refusal(
          409,
          "a request of %s for \"%s\" waits since %s, for %s"
              .formatted(
                  waiting.get().by(),
                  wanted.name(),
                  waiting.get().since(),
                  String.join(", ", waiting.get().names())),
          "import the authority's answer to it; or --again throws its key away and makes another");
    }
    if (requests.all().size() >= MAX_WAITING) {
      throw new Refusal(409, MAX_WAITING + " requests wait already", "import their answers first");
    }
    ServerRequest made = ServerRequest.create(names);
    Waiting request = new Waiting(wanted.name(), names, made.csrPem(), by, clock.instant());
    if (waiting.isPresent()) {
      requests.remove(wanted.name());
    }
    if (!requests.put(request, made.keyPem())) {
      throw new Refusal(
          409,
          "somebody else requests \"" + wanted.name() + "\" right now",
          "look: farmctl certificate list");
    }
    store
        .audit()
        .append(
            clock.instant(),
            by,
            "requested certificate %s for %s".formatted(wanted.name(), String.join(", ", names)));
    return csr(request, true);
  }

  private static Wire.CertificateCsr csr(Waiting request, boolean fresh) {
    return new Wire.CertificateCsr(request.name(), request.names(), request.csr(), fresh);
  }

  private static void requireName(String name) throws Refusal {
    if (!NAME.matcher(name).matches()) {
      throw new Refusal(
          400,
          "\"" + name + "\" is not a name",
          "letters, digits, dots, hyphens and underscores, at most 63");
    }
  }

  private static List<String> checked(Wire.CertificateRequest wanted) throws Refusal {
    requireName(wanted.name());
    List<String> names =
        wanted.names().stream().map(name -> name.toLowerCase(Locale.ROOT)).distinct().toList();
    if (names.isEmpty() || names.size() > MAX_NAMES) {
      throw new Refusal(
          400,
          "a certificate has 1 to %d names, not %d".formatted(MAX_NAMES, names.size()),
          "request several certificates");
    }
    for (String name : names) {
      if (!HOST.matcher(name).matches()) {
        throw new Refusal(400, "\"" + name + "\" is not a host name", "write it as in a URL");
      }
    }
    return names;
  }

  /// The authority's answer, or a certificate that brings its key. Refused, it changes nothing, and a key goes on waiting.
  Wire.CertificateImported answer(String name, Wire.CertificateAnswer answer, String by)
      throws Refusal, StoreException {
    CertificateRequests requests = store.certificateRequests();
    String brought = answer.key();
    String key = brought == null ? waitingKey(requests, name) : brought;
    requireName(name);
    Instant now = clock.instant();
    List<Problem> problems = CertificateChecks.admit(name, answer.chain(), key, now);
    if (problems.stream().anyMatch(Problem::isError)) {
      return new Wire.CertificateImported(name, 0, problems);
    }
    int version = store.certificates().put(name, answer.chain(), key);
    if (brought == null) {
      requests.remove(name);
    }
    store.audit().append(now, by, "imported certificate %s, version %d".formatted(name, version));
    return new Wire.CertificateImported(name, version, problems);
  }

  private static String waitingKey(CertificateRequests requests, String name)
      throws Refusal, StoreException {
    return requests
        .key(name)
        .orElseThrow(() ->
            new Refusal(
                404,
                "no request for \"" + name + "\" waits here",
                "\"farmctl certificate list\" shows which do; with a key of your own: farmctl certificate import --key FILE"));
  }

  HeldCertificates list() throws StoreException {
    List<HeldCertificates.Held> held = new ArrayList<>();
    for (String name : store.certificates().names()) {
      store
          .certificates()
          .newest(name)
          .flatMap(newest -> held(name, newest.version(), newest.chainPem()))
          .ifPresent(held::add);
    }
    return new HeldCertificates(
        held,
        store.certificateRequests().all().stream()
            .map(w -> new HeldCertificates.Waiting(w.name(), w.names(), w.by(), w.since()))
            .toList(),
        OrderBoard.of(store));
  }

  private static Optional<HeldCertificates.Held> held(String name, int version, String chain) {
    try {
      List<X509Certificate> read = PemCertificates.read(chain);
      return read.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new HeldCertificates.Held(
                  name, version, PemCertificates.names(read.getFirst()), Expiry.of(read).end()));
    } catch (CertificateException e) {
      return Optional.empty();
    }
  }
}
