package io.portcullis.farm.api;

import io.portcullis.farm.api.wire.Backups;
import io.portcullis.farm.binding.BindingSnapshot;
import io.portcullis.farm.identity.PassphraseBox;
import io.portcullis.farm.membership.JoinDesk;
import io.portcullis.farm.store.BindingLog;
import io.portcullis.farm.store.FarmCopy;
import io.portcullis.farm.store.FarmStore;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The whole farm in one file that only a passphrase opens. It is sealed here: what leaves this process is the sealed file.
record BackupDesk(FarmStore store, JoinDesk desk, BindingLog log, InstantSource clock) {
  /// Whoever finds the file may guess for years: twelve characters of a password manager, or four words, outlast them.
  private static final int SHORTEST_PASSPHRASE = 12;

  private static final int LONGEST_PASSPHRASE = 1024;

  /// In base64 it has to fit into one answer of the admin API, which is 16 MB.
  private static final int MAX_BYTES = 11 << 20;

  /// A million bindings are copied in a second.
  private static final long PATIENCE_SECONDS = 20;

  Backups.Sealed make(Backups.Request request, String by)
      throws Refusal, IOException, GeneralSecurityException {
    int length = request.passphrase().length();
    if (length < SHORTEST_PASSPHRASE || length > LONGEST_PASSPHRASE) {
      throw new Refusal(
          400,
          "a backup's passphrase has %d to %d characters, not %d"
              .formatted(SHORTEST_PASSPHRASE, LONGEST_PASSPHRASE, length),
          "whoever has the file may guess for years: take four or more words");
    }
    Instant now = clock.instant();
    BindingSnapshot.Capture table = bindings();
    FarmCopy.Bindings whole = FarmCopy.Bindings.of(table);
    FarmCopy.Bindings kept = request.withoutBindings() ? whole.leftOut() : whole;
    FarmCopy copy = store.archive().read(desk.keys(), kept, now, by);
    byte[] sealed = sealed(copy, request.passphrase());
    int left = 0;
    if (sealed.length > MAX_BYTES && kept.count() > 0) {
      left = kept.count();
      copy = copy.without(whole.leftOut());
      sealed = sealed(copy, request.passphrase());
    }
    if (sealed.length > MAX_BYTES) {
      throw new Refusal(
          413,
          "the backup would have %d MB, more than the %d MB of one answer"
              .formatted(sealed.length >> 20, MAX_BYTES >> 20),
          "copy a coordinator's state directory instead, while that coordinator is stopped");
    }
    store.audit().append(now, by, "made a backup of the farm at revision " + copy.current());
    return new Backups.Sealed(
        Base64.getEncoder().encodeToString(sealed),
        copy.current(),
        copy.revisions().size(),
        copy.certificates().size(),
        copy.requests().size(),
        kept.count() - left,
        left);
  }

  private static byte[] sealed(FarmCopy copy, String passphrase)
      throws IOException, GeneralSecurityException {
    return PassphraseBox.seal(
        "farm %s at %s".formatted(copy.farm(), copy.madeAt()), copy.encode(), passphrase);
  }

  private BindingSnapshot.Capture bindings() throws Refusal {
    try {
      return log.ask(replica -> BindingSnapshot.capture(replica.table(), replica.eraAfter()))
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy();
    } catch (ExecutionException | TimeoutException e) {
      throw busy();
    }
  }

  private static Refusal busy() {
    return new Refusal(503, "the table of bindings does not answer", "try again in a moment");
  }
}
