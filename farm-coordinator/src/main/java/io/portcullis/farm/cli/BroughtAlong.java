package io.portcullis.farm.cli;

import io.portcullis.farm.codec.Pkcs12;
import io.portcullis.farm.codec.PrivateKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.cert.CertificateException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The files of a certificate as the operator has them: PEM, alone or with its key, or PKCS #12 with both.
///
/// @param keyPem PKCS #8; null if the key waits where it was made
record BroughtAlong(String chainPem, @Nullable String keyPem) {
  private static final long MAX_BYTES = 1L << 20;

  /// @param files PEM files, or one PKCS #12 file
  /// @param keyFile PEM; null = the key is in the PKCS #12 file, or waits where it was made
  /// @param passwordFile of a PKCS #12 file; null asks
  static BroughtAlong read(
      Operator operator, List<Path> files, @Nullable Path keyFile, @Nullable Path passwordFile)
      throws CommandFailure {
    byte[] first = bytes(operator.file(files.getFirst()));
    if (Pkcs12.maybe(first)) {
      return opened(operator, files, keyFile, first, passwordFile);
    }
    StringBuilder chain = new StringBuilder();
    for (Path file : files) {
      chain.append(text(operator.file(file))).append('\n');
    }
    return new BroughtAlong(chain.toString(), keyFile == null ? null : key(operator.file(keyFile)));
  }

  private static BroughtAlong opened(
      Operator operator,
      List<Path> files,
      @Nullable Path keyFile,
      byte[] first,
      @Nullable Path passwordFile)
      throws CommandFailure {
    Path file = operator.file(files.getFirst());
    if (keyFile != null) {
      throw CommandFailure.wrongUsage(
          file + " is PKCS #12 and has its key in it", "leave --key away");
    }
    try {
      Pkcs12 read =
          Pkcs12.read(
              first,
              Passphrase.of(operator, "Password of " + file.getFileName(), passwordFile)
                  .toCharArray());
      StringBuilder chain = new StringBuilder(read.chainPem());
      for (Path above : files.subList(1, files.size())) {
        chain.append(text(operator.file(above))).append('\n');
      }
      return new BroughtAlong(chain.toString(), read.keyPem());
    } catch (CertificateException e) {
      throw CommandFailure.wrongUsage(
          file + " cannot be used: " + e.getMessage(),
          "export it as PKCS #12 (.pfx, .p12) with its private key, or name PEM files");
    }
  }

  private static String key(Path file) throws CommandFailure {
    try {
      return PrivateKeys.pkcs8(PrivateKeys.read(text(file)));
    } catch (InvalidKeyException e) {
      throw CommandFailure.wrongUsage(
          file + " cannot be used: " + e.getMessage(),
          "name the PEM file with the certificate's key");
    }
  }

  static String text(Path file) throws CommandFailure {
    return new String(bytes(file), java.nio.charset.StandardCharsets.UTF_8);
  }

  private static byte[] bytes(Path file) throws CommandFailure {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException("it is larger than " + (MAX_BYTES >> 20) + " MB");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw CommandFailure.wrongUsage(
          file + " cannot be read: " + e.getMessage(),
          "make the key with farmctl certificate request NAME, and name the authority's PEM answer");
    }
  }

  @Override
  public String toString() {
    return "BroughtAlong[key hidden]";
  }
}
