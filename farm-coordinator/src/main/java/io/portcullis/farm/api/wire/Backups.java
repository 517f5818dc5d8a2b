package io.portcullis.farm.api.wire;

/// What the admin API is asked for a backup, and answers.
public final class Backups {
  private Backups() {}

  /// @param passphrase that will open the backup
  /// @param withoutBindings leave out which member owns which source
  public record Request(String passphrase, boolean withoutBindings) {
    @Override
    public String toString() {
      return "Request[hidden]";
    }
  }

  /// @param file in base64, sealed with the passphrase
  /// @param bindings that are in it
  /// @param bindingsLeftOut because the file would have been too large with them
  public record Sealed(
      String file,
      long revision,
      int revisions,
      int certificates,
      int requests,
      int bindings,
      int bindingsLeftOut) {}
}
