package io.portcullis.proxy;

import io.portcullis.farm.codec.Expiry;
import io.portcullis.proxy.snapshot.ListenerSnapshot;
import io.portcullis.proxy.snapshot.ServerIdentity;
import io.portcullis.proxy.snapshot.ServerNames;
import io.portcullis.proxy.snapshot.Snapshot;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says in the node's own log that a certificate it serves ends soon: 30, 14, 7 and 1 days before, and when it has ended, each once. A node
/// alone has nobody else to say it, and one whose coordinators are away neither.
final class CertificateEnds implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateEnds.class);

  /// A day is the finest step that is told; the first revision may come after the first look.
  private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(10);

  private final Supplier<Snapshot> current;
  private final InstantSource clock;
  private final Map<String, Integer> told = new HashMap<>();
  private final Thread thread;

  CertificateEnds(Supplier<Snapshot> current, InstantSource clock) {
    this.current = current;
    this.clock = clock;
    thread = Thread.ofVirtual().name("certificate-ends").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        look();
        Thread.sleep(BETWEEN_LOOKS);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /// One thread calls it.
  void look() {
    for (ListenerSnapshot listener : current.get().listeners().values()) {
      ServerNames names = listener.names();
      if (names != null) {
        names.all().forEach(this::look);
      }
    }
  }

  private void look(ServerIdentity identity) {
    Expiry expiry = Expiry.of(identity.chain());
    Optional<Integer> level = expiry.level(clock.instant());
    String name = identity.chain().getFirst().getSubjectX500Principal().getName();
    String which = name + expiry.end();
    if (level.isPresent() && !level.get().equals(told.put(which, level.get()))) {
      String words = expiry.words(name, level.get());
      if (level.get() == 0) {
        LOG.error("{}", words);
      } else {
        LOG.warn("{}", words);
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
