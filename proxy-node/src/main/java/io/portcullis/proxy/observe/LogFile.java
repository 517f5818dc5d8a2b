package io.portcullis.proxy.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A file that is appended to, and makes room by itself: when it is full it becomes `NAME.1`, the one before `NAME.2`, and the oldest
/// goes. The writer's thread owns it.
final class LogFile implements AutoCloseable {

  /// Who asked for what is nobody's business but the operators'.
  private static final FileAttribute<?> MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));

  private static final Set<StandardOpenOption> APPEND =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);

  private final Path path;
  private final long mostBytes;
  private final int files;
  private @Nullable FileChannel channel;
  private long size;

  /// @param files how many to keep, the current one counted
  LogFile(Path path, long mostBytes, int files) {
    this.path = path;
    this.mostBytes = mostBytes;
    this.files = files;
  }

  /// Opens the file, perhaps again: whoever moved the old one away gets a new one.
  void open() throws IOException {
    close();
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    FileChannel opened = FileChannel.open(path, APPEND, MODE);
    channel = opened;
    size = opened.size();
  }

  boolean isEmpty() {
    return size == 0;
  }

  boolean isOpen() {
    return channel != null;
  }

  /// Whether the file should make room before `more` bytes are written.
  boolean isFull(int more) {
    return size > 0 && size + more > mostBytes;
  }

  void rotate() throws IOException {
    close();
    for (int i = files - 1; i > 1; i--) {
      Path from = numbered(i - 1);
      if (Files.exists(from)) {
        Files.move(from, numbered(i), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    if (files > 1) {
      Files.move(path, numbered(1), StandardCopyOption.REPLACE_EXISTING);
    } else {
      Files.delete(path);
    }
    open();
  }

  private Path numbered(int number) {
    return path.resolveSibling(path.getFileName() + "." + number);
  }

  void write(ByteBuffer bytes) throws IOException {
    FileChannel to = channel;
    if (to == null) {
      throw new IOException("not open");
    }
    while (bytes.hasRemaining()) {
      size += to.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    FileChannel old = channel;
    if (old != null) {
      channel = null;
      old.close();
    }
  }
}
