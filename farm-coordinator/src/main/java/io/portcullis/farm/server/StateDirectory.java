package io.portcullis.farm.server;

import io.portcullis.farm.identity.SecretFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// A coordinator's directory, held by one process at a time and known to take writes.
public final class StateDirectory implements AutoCloseable {
  /// ZooKeeper pre-allocates its log in steps of [EmbeddedZooKeeper#LOG_STEP_KILOBYTES] and keeps three snapshots of a tree that may hold some
  /// megabytes: with less than this it stops within days.
  static final long MIN_FREE_BYTES = 64L << 20;

  private final Path path;
  private final FileChannel channel;

  private StateDirectory(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /// @throws StartFailed if it cannot be made, written, or is held by another process (naming its pid), or its disk is full
  public static StateDirectory open(Path path) throws StartFailed {
    return open(path, MIN_FREE_BYTES);
  }

  static StateDirectory open(Path path, long minFreeBytes) throws StartFailed {
    try {
      SecretFiles.directory(path);
      FileChannel channel = hold(path);
      try {
        requireRoom(path, minFreeBytes);
      } catch (StartFailed | IOException e) {
        channel.close();
        throw e;
      }
      return new StateDirectory(path, channel);
    } catch (IOException e) {
      throw new StartFailed(
          "the state directory " + path + " cannot be used: " + reason(e),
          "give it to this user (chown), free its disk, or name another with --state DIR",
          e);
    }
  }

  private static FileChannel hold(Path path) throws IOException, StartFailed {
    Path file = path.resolve("lock");
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (lock(channel) == null) {
      channel.close();
      throw new StartFailed(
          "another coordinator holds %s: process %s"
              .formatted(path, Files.readString(file).strip()),
          "stop that process first, or name another directory with --state DIR");
    }
    channel.truncate(0);
    String pid = ProcessHandle.current().pid() + "\n";
    channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
    channel.force(true);
    return channel;
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static void requireRoom(Path path, long minFreeBytes) throws IOException, StartFailed {
    long free = Files.getFileStore(path).getUsableSpace();
    if (free < minFreeBytes) {
      throw new StartFailed(
          "the disk of the state directory %s has %d MB left, a coordinator needs %d MB"
              .formatted(path, free >> 20, minFreeBytes >> 20),
          "free some of it, or name a directory on another disk with --state DIR");
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.AccessDeniedException _ -> "permission denied";
      case java.nio.file.FileAlreadyExistsException exists -> exists.getFile() + " is a file";
      case java.nio.file.FileSystemException file when file.getReason() != null -> file.getReason();
      default -> e.toString();
    };
  }

  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
