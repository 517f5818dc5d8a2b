package io.portcullis.farm.api;

import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.identity.PassphraseBox;
import io.portcullis.farm.membership.JoinDesk;
import io.portcullis.farm.store.FarmCopy;
import io.portcullis.farm.store.FarmStore;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;

/// The whole farm in one file that only a passphrase opens. It is sealed here: what leaves this process is the sealed file.
record BackupDesk(FarmStore store, JoinDesk desk, InstantSource clock) {
  /// Whoever finds the file may guess for years: twelve characters of a password manager, or four words, outlast them.
  private static final int SHORTEST_PASSPHRASE = 12;

  private static final int LONGEST_PASSPHRASE = 1024;

  /// In base64 it has to fit into one answer of the admin API, which is 16 MB.
  private static final int MAX_BYTES = 11 << 20;

  Wire.BackupFile make(Wire.BackupRequest request, String by)
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
    FarmCopy copy = store.archive().read(desk.keys(), now, by);
    byte[] sealed =
        PassphraseBox.seal(
            "farm %s at %s".formatted(copy.farm(), copy.madeAt()),
            copy.encode(),
            request.passphrase());
    if (sealed.length > MAX_BYTES) {
      throw new Refusal(
          413,
          "the backup would have %d MB, more than the %d MB of one answer"
              .formatted(sealed.length >> 20, MAX_BYTES >> 20),
          "copy a coordinator's state directory instead, while that coordinator is stopped");
    }
    store.audit().append(now, by, "made a backup of the farm at revision " + copy.current());
    return new Wire.BackupFile(
        Base64.getEncoder().encodeToString(sealed),
        copy.current(),
        copy.revisions().size(),
        copy.certificates().size(),
        copy.requests().size());
  }
}
