package io.portcullis.perf.compare;

import io.portcullis.farm.server.FreePort;
import io.portcullis.perf.staging.LabAuthority;
import io.portcullis.perf.staging.ServerIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Random;

/// What all contenders share: certificates, the files the origin serves, ports. Everything lies in one directory.
///
/// @param originTls port of the origin's TLS side on 127.0.0.1
/// @param originClear and of its clear side
record Bench(Path directory, int originTls, int originClear) {

  static final String NAME = "webext01.contoso.com";
  static final String POOL = "pool01.contoso.local";

  /// Bodies that the origin serves.
  static final List<Integer> SIZES = List.of(64, 10_240, 1 << 20);

  /// Of each size always the same, and nowhere like itself: a piece lost or doubled shows.
  static byte[] content(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  static Bench prepare(Path wanted) throws IOException, GeneralSecurityException {
    Path directory = wanted.toAbsolutePath().normalize();
    Files.createDirectories(directory);
    LabAuthority authority = LabAuthority.openOrCreate(directory, "ca", "perf compare CA");
    ServerIdentity front = authority.issue(List.of(NAME));
    ServerIdentity origin = authority.issue(List.of(POOL));
    write(directory, "front", front);
    write(directory, "origin", origin);
    // HAProxy wants chain and key in one file.
    LabAuthority.writePrivate(directory.resolve("front.both"), front.chainPem() + front.keyPem());
    Path files = directory.resolve("files/bytes");
    Files.createDirectories(files);
    for (int size : SIZES) {
      Files.write(files.resolve(Integer.toString(size)), content(size));
    }
    return new Bench(directory, FreePort.one(), FreePort.one());
  }

  private static void write(Path directory, String name, ServerIdentity identity)
      throws IOException, GeneralSecurityException {
    Files.writeString(directory.resolve(name + ".pem"), identity.chainPem());
    LabAuthority.writePrivate(directory.resolve(name + ".key"), identity.keyPem());
  }

  Path file(String name) {
    return directory.resolve(name);
  }
}
