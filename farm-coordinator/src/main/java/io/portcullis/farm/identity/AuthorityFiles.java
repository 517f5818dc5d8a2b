package io.portcullis.farm.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.util.Optional;

/// The farm's CA on a coordinator's disk, in `authority/`: `ca.pem` and `ca.key`, and while the farm goes over to another `next.pem`,
/// `next.key`, and `next.issues` from when that one signs. Each step may be the last before a crash; what is read afterwards is the state
/// before it or after it.
record AuthorityFiles(Path directory) {
  private static final String CERTIFICATE = ".pem";
  private static final String KEY = ".key";
  private static final String CURRENT = "ca";
  private static final String NEXT = "next";
  private static final String ISSUES = "next.issues";

  boolean isEmpty() {
    return !Files.exists(file(CURRENT, CERTIFICATE));
  }

  Signer current(String farm) throws IOException, GeneralSecurityException {
    finishSettling();
    return read(farm, CURRENT);
  }

  Optional<Signer> next(String farm) throws IOException, GeneralSecurityException {
    return Files.exists(file(NEXT, CERTIFICATE)) ? Optional.of(read(farm, NEXT)) : Optional.empty();
  }

  boolean nextIssues() {
    return Files.exists(directory.resolve(ISSUES));
  }

  private Signer read(String farm, String name) throws IOException, GeneralSecurityException {
    Path key = file(name, KEY);
    return Signer.read(
        farm, Files.readString(file(name, CERTIFICATE)), Files.readString(key), key.toString());
  }

  void writeCurrent(String certificatePem, String keyPem) throws IOException {
    write(CURRENT, certificatePem, keyPem);
  }

  void writeNext(String certificatePem, String keyPem) throws IOException {
    Files.deleteIfExists(directory.resolve(ISSUES));
    Files.deleteIfExists(file(NEXT, CERTIFICATE));
    write(NEXT, certificatePem, keyPem);
  }

  private void write(String name, String certificatePem, String keyPem) throws IOException {
    SecretFiles.directory(directory);
    SecretFiles.write(file(name, KEY), keyPem);
    SecretFiles.write(file(name, CERTIFICATE), certificatePem);
  }

  void letNextIssue() throws IOException {
    SecretFiles.write(directory.resolve(ISSUES), "");
  }

  /// The next one is the only one. The key goes first: a certificate without a key beside it is a step that was cut short.
  void settle() throws IOException {
    move(KEY);
    finishSettling();
  }

  private void finishSettling() throws IOException {
    if (Files.exists(file(NEXT, CERTIFICATE)) && !Files.exists(file(NEXT, KEY))) {
      move(CERTIFICATE);
    }
    if (!Files.exists(file(NEXT, CERTIFICATE))) {
      Files.deleteIfExists(directory.resolve(ISSUES));
    }
  }

  private void move(String kind) throws IOException {
    Files.move(
        file(NEXT, kind),
        file(CURRENT, kind),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private Path file(String name, String kind) {
    return directory.resolve(name + kind);
  }
}
