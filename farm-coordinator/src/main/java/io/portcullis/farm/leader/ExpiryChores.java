package io.portcullis.farm.leader;

import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.Expiry;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.codec.PemCertificates;
import io.portcullis.farm.model.CertificateRef;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Leadership;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.StoreException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says in the log that a certificate of the newest revision ends soon: 30, 14, 7 and 1 days before, and when it has ended. Each is said
/// once by a leader; another leader says it again, which is no harm.
public final class ExpiryChores implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExpiryChores.class);

  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final FarmStore store;
  private final InstantSource clock;

  /// The days are counted again this often, and at once for a new revision: each certificate is a reading from the store.
  private static final Duration BETWEEN_COUNTS = Duration.ofHours(1);

  private final Map<String, Integer> told = new HashMap<>();
  private final Rounds<Leadership> rounds;
  private long counted;
  private Instant countAgain = Instant.MIN;

  public ExpiryChores(FarmStore store, Supplier<Optional<Leadership>> seat, InstantSource clock) {
    this.store = store;
    this.clock = clock;
    rounds = new Rounds<>("expiry chores", PAUSE, seat, _ -> look());
  }

  private void look() {
    try {
      Optional<Revision> newest = store.revisions().newest();
      Instant now = clock.instant();
      if (newest.isEmpty() || isCounted(newest.get(), now)) {
        return;
      }
      if (FarmDocuments.decode(newest.get().expanded(), "revision " + newest.get().number())
          instanceof Decoded.Accepted accepted) {
        for (CertificateRef reference : accepted.config().certificates()) {
          look(reference);
        }
      }
      counted = newest.get().number();
      countAgain = now.plus(BETWEEN_COUNTS);
    } catch (StoreException e) {
      LOG.debug("the certificates are looked at again soon", e);
    }
  }

  private boolean isCounted(Revision newest, Instant now) {
    return newest.number() == counted && now.isBefore(countAgain);
  }

  private void look(CertificateRef reference) throws StoreException {
    Integer version = reference.version();
    Optional<String> chain =
        version == null ? Optional.empty() : store.certificates().chain(reference.name(), version);
    Optional<Expiry> expiry = chain.flatMap(ExpiryChores::expiry);
    if (expiry.isEmpty()) {
      return;
    }
    Optional<Integer> level = expiry.get().level(clock.instant());
    String which = reference.name() + "/" + version;
    if (level.isPresent() && !level.get().equals(told.put(which, level.get()))) {
      String words = expiry.get().words(reference.name(), level.get());
      if (level.get() == 0) {
        LOG.error("{}", words);
      } else {
        LOG.warn("{}", words);
      }
    }
  }

  private static Optional<Expiry> expiry(String chainPem) {
    try {
      List<X509Certificate> chain = PemCertificates.read(chainPem);
      return chain.isEmpty() ? Optional.empty() : Optional.of(Expiry.of(chain));
    } catch (CertificateException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    rounds.close();
  }
}
