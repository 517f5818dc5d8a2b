package io.portcullis.farm.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.zookeeper.server.DataTree;
import org.apache.zookeeper.server.persistence.FileSnap;
import org.apache.zookeeper.server.persistence.SnapStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The snapshot of nothing that a member starts from the first time.
///
/// Without one ZooKeeper refuses a directory that has a log. It writes its own in place and does not wait for the disk, and when it first
/// leads it does so over this one: after a power cut in the first half minute it may be cut off, and is written again.
final class FirstSnapshot {
  private static final Logger LOG = LoggerFactory.getLogger(FirstSnapshot.class);

  private static final String NAME = "snapshot.0";

  private FirstSnapshot() {}

  /// Before ZooKeeper starts. A directory with a snapshot is left alone, unless that is the first one and cut off: it held nothing, and
  /// everything since is in the log.
  ///
  /// @param data ZooKeeper's `dataDir`
  static void prepare(Path data) throws IOException {
    Path directory = Files.createDirectories(data.resolve("version-2"));
    List<String> there;
    try (Stream<Path> files = Files.list(directory)) {
      there =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.startsWith("snapshot."))
              .toList();
    }
    Path first = directory.resolve(NAME);
    if (there.equals(List.of(NAME))) {
      if (SnapStream.isValidSnapshot(first.toFile())) {
        return;
      }
      LOG.warn("{} was cut off when it was written; it held nothing, and is written again", first);
      Files.delete(first);
    } else if (!there.isEmpty()) {
      return;
    }
    DataTree nothing = new DataTree();
    FileSnap snapshots = new FileSnap(directory.toFile());
    try {
      snapshots.serialize(nothing, new ConcurrentHashMap<>(), first.toFile(), true);
    } finally {
      snapshots.close();
      nothing.shutdownWatcher();
    }
  }
}
