package io.portcullis.farm.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.zookeeper.server.persistence.SnapStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstSnapshotTest {

  @TempDir private Path data = Path.of("");

  private Path first() throws IOException {
    return Files.createDirectories(data.resolve("version-2")).resolve("snapshot.0");
  }

  @Test
  void isThereAndWholeBeforeZooKeeperStarts() throws Exception {
    FirstSnapshot.prepare(data);
    assertThat(SnapStream.isValidSnapshot(first().toFile())).isTrue();
    assertThat(CommittedMembers.in(data)).isEmpty();
  }

  @Test
  void oneThatWasCutOffIsWrittenAgain() throws Exception {
    FirstSnapshot.prepare(data);
    byte[] whole = Files.readAllBytes(first());
    for (int length : new int[] {0, 1, whole.length / 2, whole.length - 1}) {
      Files.write(first(), java.util.Arrays.copyOf(whole, length));
      FirstSnapshot.prepare(data);
      assertThat(Files.readAllBytes(first())).as("cut to %d bytes", length).isEqualTo(whole);
    }
  }

  @Test
  void aDirectoryWithLaterOnesIsLeftAlone() throws Exception {
    Files.write(first(), new byte[3]);
    Path later = Files.write(first().resolveSibling("snapshot.100000002"), new byte[5]);
    FirstSnapshot.prepare(data);
    assertThat(first()).hasSize(3);
    assertThat(later).hasSize(5);
  }
}
