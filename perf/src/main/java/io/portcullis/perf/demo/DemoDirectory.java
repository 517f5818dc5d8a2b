package io.portcullis.perf.demo;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// Everything a demo leaves on disk, under one directory that only one demo uses at a time; made fresh by each.
///
/// @param leftovers processes of an earlier demo that had to be ended first
record DemoDirectory(Path path, FileChannel lock, List<String> leftovers) {

  private static final String LOCK = "demo.lock";

  /// Takes the directory and empties it.
  ///
  /// @throws DemoFailure if another demo runs there, or it holds something else than a demo
  static DemoDirectory take(Path wanted) throws DemoFailure {
    Path path = wanted.toAbsolutePath().normalize();
    try {
      requireOurs(path);
      Files.createDirectories(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      FileChannel lock = lock(path);
      List<String> leftovers = Children.endLeftovers(path.resolve("processes"));
      empty(path);
      return new DemoDirectory(path, lock, leftovers);
    } catch (IOException e) {
      throw new DemoFailure(
          "cannot use " + path + ": " + e + "; name another directory with --dir", e);
    }
  }

  Path coordinator() {
    return path.resolve("coordinator");
  }

  Path operator() {
    return coordinator().resolve("operator.pem");
  }

  Path pool() {
    return path.resolve("pool");
  }

  Path node(String name) {
    return path.resolve(name);
  }

  /// Where a node of a farm keeps it by default.
  Path accessLog(String node) {
    return node(node).resolve("log").resolve("access.log");
  }

  Path log(String name) {
    return path.resolve("logs").resolve(name + ".log");
  }

  Path register() {
    return path.resolve("processes");
  }

  Path document() {
    return path.resolve("farm.yaml");
  }

  /// The command that applies the document again.
  String applying() {
    return "./farmctl apply %s --identity %s".formatted(document(), operator());
  }

  Path file(String name) {
    return path.resolve(name);
  }

  /// Emptying somebody's home directory would be a bad demonstration.
  private static void requireOurs(Path path) throws IOException, DemoFailure {
    if (!Files.exists(path) || Files.exists(path.resolve(LOCK))) {
      return;
    }
    try (var entries = Files.list(path)) {
      if (entries.findAny().isPresent()) {
        throw new DemoFailure(
            path + " holds other things than a demo; name an empty or new directory with --dir");
      }
    }
  }

  private static FileChannel lock(Path path) throws IOException, DemoFailure {
    Path file = path.resolve(LOCK);
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (!isFree(channel)) {
      String pid = Files.readString(file).strip();
      channel.close();
      throw new DemoFailure(
          "a demo already runs in %s (pid %s); stop it with \"kill %s\" or name another directory with --dir"
              .formatted(path, pid, pid));
    }
    channel.truncate(0);
    channel.write(StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n"));
    return channel;
  }

  private static boolean isFree(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // held by this very process
    }
  }

  private static void empty(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!file.equals(directory.resolve(LOCK))) {
              Files.delete(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path visited, java.io.@org.jspecify.annotations.Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            if (!visited.equals(directory)) {
              Files.delete(visited);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
