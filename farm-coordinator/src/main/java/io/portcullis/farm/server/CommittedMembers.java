package io.portcullis.farm.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.server.DataNode;
import org.apache.zookeeper.server.DataTree;
import org.apache.zookeeper.server.persistence.FileSnap;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;

/// The members that ZooKeeper's snapshots and log on this disk know of: the last change that this member has logged.
///
/// Asked before ZooKeeper starts, never while it runs: it writes these files in place, and a reader would find half a snapshot or entry.
///
/// A member logs a change before it answers for it, so whatever was committed with its help is found here, however the process ended.
final class CommittedMembers {
  private CommittedMembers() {}

  /// @param data ZooKeeper's `dataDir`
  /// @return as ZooKeeper writes it; empty if there is none
  static String in(Path data) throws IOException {
    if (!hasSnapshot(data.resolve("version-2"))) {
      return "";
    }
    DataTree tree = new DataTree();
    ConcurrentHashMap<Long, Integer> sessions = new ConcurrentHashMap<>();
    FileTxnSnapLog files = new FileTxnSnapLog(data.toFile(), data.toFile());
    try {
      long _ = new FileSnap(data.resolve("version-2").toFile()).deserialize(tree, sessions);
      long _ = files.fastForwardFromEdits(tree, sessions, (_, _, _) -> {});
    } finally {
      files.close();
      tree.shutdownWatcher();
    }
    DataNode config = tree.getNode(ZooDefs.CONFIG_NODE);
    byte[] bytes = config == null ? null : config.getData();
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }

  private static boolean hasSnapshot(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith("snapshot."));
    }
  }
}
