package io.portcullis.farm.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/// Makes a state directory out of a backup; the command line reads the file, the farm does it.
public interface Restoring {
  /// @param madeAt ISO-8601
  record Restored(String farm, String madeAt, long revision, int certificates) {}

  /// @param state an empty directory, or none yet
  /// @throws IOException saying what is in the way; the directory is as it was then
  Restored restore(byte[] backup, String passphrase, Path state)
      throws IOException, GeneralSecurityException;
}
