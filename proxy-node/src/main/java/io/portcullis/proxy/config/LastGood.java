package io.portcullis.proxy.config;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.portcullis.farm.store.LocalSeal;
import io.portcullis.proxy.snapshot.CertificateMaterial;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The last configuration that was served, on this node's own disk, to start from when the farm is out of reach.
///
/// One line in clear, `portcullis last-good 1 revision N bytes N`, then JSON with the private keys, sealed by [LocalSeal] for this node and
/// that revision. Older releases kept it in clear, as `last-good.json`: that is read once, sealed and removed.
public final class LastGood {

  private static final Logger LOG = LoggerFactory.getLogger(LastGood.class);

  private static final JsonMapper JSON = new JsonMapper();

  private static final Pattern HEADER =
      Pattern.compile("portcullis last-good 1 revision (\\d{1,19}) bytes (\\d{1,9})\n");

  /// More than the longest header.
  private static final int HEADER_BYTES = 80;

  /// Four times what a farm's documents and files may take together; more is no copy of one.
  private static final long MAX_BYTES = 64L << 20;

  /// @param expanded canonical YAML of the configuration
  record Copy(long revision, String expanded, Map<String, CertificateMaterial> certificates) {
    Copy {
      certificates = Map.copyOf(certificates);
    }
  }

  private final Path file;
  private final Path clear;
  private final LocalSeal seal;

  public LastGood(Path stateDirectory, LocalSeal seal) {
    this.file = stateDirectory.toAbsolutePath().resolve("last-good.sealed");
    this.clear = file.resolveSibling("last-good.json");
    this.seal = seal;
  }

  /// Writes whole or not at all, and onto the disk before it counts.
  void write(Copy copy) throws IOException {
    byte[] json = JSON.writeValueAsBytes(copy);
    try {
      byte[] sealed = seal.seal(place(String.valueOf(copy.revision())), json);
      String header =
          "portcullis last-good 1 revision %d bytes %d\n".formatted(copy.revision(), sealed.length);
      replace(header.getBytes(StandardCharsets.US_ASCII), sealed);
    } catch (GeneralSecurityException e) {
      throw new IOException("it cannot be sealed", e);
    }
    Files.deleteIfExists(clear);
  }

  private static String place(String revision) {
    return "last-good/" + revision;
  }

  private void replace(byte[] header, byte[] sealed) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    try (FileChannel out =
        FileChannel.open(
            part,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      for (ByteBuffer bytes : new ByteBuffer[] {ByteBuffer.wrap(header), ByteBuffer.wrap(sealed)}) {
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
      out.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// @return empty if there was never one
  /// @throws IOException whose message says why it is refused, and holds nothing of what is in it
  Optional<Copy> read() throws IOException {
    if (Files.exists(file)) {
      Copy copy = opened();
      Files.deleteIfExists(clear);
      return Optional.of(copy);
    }
    if (!Files.exists(clear)) {
      return Optional.empty();
    }
    Copy copy = parsed(bytes(clear));
    try {
      write(copy);
      LOG.info("{} is sealed now, and {} removed", file, clear);
    } catch (IOException e) {
      LOG.warn("{} lies there in clear until the next revision ({})", clear, e.toString());
    }
    return Optional.of(copy);
  }

  /// Seals it with the key that seals now.
  ///
  /// @throws IOException if it could not be written; the older one is there still
  void reseal() throws IOException {
    Optional<Copy> copy;
    try {
      copy = read();
    } catch (IOException e) {
      LOG.warn("{} is not sealed anew: {}", file, e.getMessage());
      return;
    }
    if (copy.isPresent()) {
      write(copy.get());
    }
  }

  private Copy opened() throws IOException {
    byte[] whole = bytes(file);
    String start =
        new String(whole, 0, Math.min(whole.length, HEADER_BYTES), StandardCharsets.ISO_8859_1);
    Matcher header = HEADER.matcher(start);
    if (!header.lookingAt()) {
      throw new IOException("it is not a last good copy, or its beginning is damaged");
    }
    int expected = Integer.parseInt(header.group(2));
    byte[] sealed = Arrays.copyOfRange(whole, header.end(), whole.length);
    if (sealed.length != expected) {
      throw new IOException(
          "it has %d sealed bytes where %d were written: it was cut off, or grew"
              .formatted(sealed.length, expected));
    }
    try {
      return parsed(seal.open(place(header.group(1)), sealed));
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "it does not open with this node's farm key: it is damaged, or a copy from another node or farm",
          e);
    }
  }

  private static byte[] bytes(Path from) throws IOException {
    if (Files.size(from) > MAX_BYTES) {
      throw new IOException("it is larger than " + (MAX_BYTES >> 20) + " MB");
    }
    return Files.readAllBytes(from);
  }

  /// Jackson's own message may quote what it read, and keys are in there.
  private static Copy parsed(byte[] json) throws IOException {
    Copy copy;
    try {
      copy = JSON.readValue(json, Copy.class);
    } catch (IOException | RuntimeException e) {
      throw new IOException("what is in it is damaged, or of another release");
    }
    if (copy == null) {
      throw new IOException("there is nothing in it");
    }
    return copy;
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
