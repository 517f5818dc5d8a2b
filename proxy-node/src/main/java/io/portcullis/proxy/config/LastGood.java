package io.portcullis.proxy.config;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.portcullis.proxy.snapshot.CertificateMaterial;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The last configuration that was served, on this node's own disk, to start from when the farm is out of reach.
///
/// It holds private keys in clear, mode 0600, beside the farm key that would open them anyway.
public final class LastGood {

  private static final JsonMapper JSON = new JsonMapper();

  /// @param expanded canonical YAML of the configuration
  record Copy(long revision, String expanded, Map<String, CertificateMaterial> certificates) {
    Copy {
      certificates = Map.copyOf(certificates);
    }
  }

  private final Path file;

  public LastGood(Path stateDirectory) {
    this.file = stateDirectory.toAbsolutePath().resolve("last-good.json");
  }

  /// Writes whole or not at all, and onto the disk before it counts.
  void write(Copy copy) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    try (FileChannel out =
        FileChannel.open(
            part,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(copy));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// @return empty if there was never one
  Optional<Copy> read() throws IOException {
    return Files.exists(file)
        ? Optional.of(JSON.readValue(file.toFile(), Copy.class))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
