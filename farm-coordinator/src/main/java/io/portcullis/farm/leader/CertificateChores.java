package io.portcullis.farm.leader;

import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.model.CertificateRef;
import io.portcullis.farm.store.FarmStore;
import io.portcullis.farm.store.Leadership;
import io.portcullis.farm.store.Revision;
import io.portcullis.farm.store.StoreException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes away versions of certificates that no kept revision names, with their keys. The newest of a name stays, because a document may mean it
/// without its number, and what was not named for less than an hour stays, because a change that is on its way may.
public final class CertificateChores implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateChores.class);

  /// Nothing waits for it.
  public static final Duration USUAL_PAUSE = Duration.ofMinutes(10);

  /// Four times the longest trial of a canary, which is the longest way from a stored version to a revision that names it.
  static final Duration UNNAMED_FOR = Duration.ofHours(1);

  private final FarmStore store;
  private final LongSupplier nanos;
  private final Rounds<Leadership> rounds;

  /// What each kept revision names; a revision never changes.
  private final Map<Long, Set<String>> named = new HashMap<>();

  /// Since when this leader has seen a version unnamed.
  private final Map<String, Long> unnamed = new HashMap<>();

  /// @param nanos goes on at its own pace, whatever the clocks say
  public CertificateChores(
      FarmStore store, Supplier<Optional<Leadership>> seat, Duration pause, LongSupplier nanos) {
    this.store = store;
    this.nanos = nanos;
    rounds = new Rounds<>("certificate chores", pause, seat, this::chores);
  }

  private void chores(Leadership leadership) {
    try {
      Set<String> candidates = candidates();
      Optional<Set<String>> needed = candidates.isEmpty() ? Optional.of(Set.of()) : namedAnywhere();
      if (needed.isEmpty()) {
        return;
      }
      candidates.removeAll(needed.get());
      unnamed.keySet().retainAll(candidates);
      long now = nanos.getAsLong();
      for (String version : candidates) {
        if (now - unnamed.computeIfAbsent(version, _ -> now) >= UNNAMED_FOR.toNanos()) {
          remove(leadership, version);
        }
      }
    } catch (StoreException e) {
      LOG.debug("certificates that nobody names are looked for again later", e);
    }
  }

  private void remove(Leadership leadership, String version) throws StoreException {
    int slash = version.lastIndexOf('/');
    String name = version.substring(0, slash);
    leadership.certificates().remove(name, Integer.parseInt(version.substring(slash + 1)));
    unnamed.remove(version);
    LOG.info("certificate {} is gone: no kept revision names it", version);
  }

  /// All but the newest of each name.
  private Set<String> candidates() throws StoreException {
    Set<String> candidates = new HashSet<>();
    for (String name : store.certificates().names()) {
      List<Integer> versions = store.certificates().versions(name);
      versions.stream()
          .limit(Math.max(0, versions.size() - 1))
          .forEach(version -> candidates.add(name + "/" + version));
    }
    return candidates;
  }

  /// Empty if a kept revision cannot be understood: then nothing is taken away.
  private Optional<Set<String>> namedAnywhere() throws StoreException {
    Set<String> all = new HashSet<>();
    Set<Long> kept = new HashSet<>();
    for (long number = store.revisions().current(); number > 0; number--) {
      if (!named.containsKey(number)) {
        Optional<Revision> revision = store.revisions().read(number);
        if (revision.isEmpty()) {
          break;
        }
        Optional<Set<String>> names = namedBy(revision.get());
        if (names.isEmpty()) {
          return Optional.empty();
        }
        named.put(number, names.get());
      }
      kept.add(number);
      all.addAll(named.get(number));
    }
    named.keySet().retainAll(kept);
    return Optional.of(all);
  }

  private static Optional<Set<String>> namedBy(Revision revision) {
    if (FarmDocuments.decode(revision.expanded(), "revision " + revision.number())
        instanceof Decoded.Accepted accepted) {
      Set<String> names = new HashSet<>();
      for (CertificateRef reference : accepted.config().certificates()) {
        names.add(reference.name() + "/" + reference.version());
      }
      return Optional.of(names);
    }
    LOG.warn(
        "revision {} was written by a release that is not understood: no certificate is taken away",
        revision.number());
    return Optional.empty();
  }

  @Override
  public void close() {
    rounds.close();
  }
}
