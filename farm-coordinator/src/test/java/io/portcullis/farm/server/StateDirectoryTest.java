package io.portcullis.farm.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
  @TempDir Path directory;

  @Test
  void aFullDiskIsToldInMegabytesAndReleasesTheLock() throws Exception {
    assertThatExceptionOfType(StartFailed.class)
        .isThrownBy(() -> StateDirectory.open(directory, Long.MAX_VALUE))
        .withMessageContaining(directory.toString())
        .withMessageContaining("MB left");
    StateDirectory.open(directory).close();
  }

  @Test
  void theHolderIsNamedUntilItLetsGo() throws Exception {
    StateDirectory held = StateDirectory.open(directory);
    assertThatExceptionOfType(StartFailed.class)
        .isThrownBy(() -> StateDirectory.open(directory))
        .withMessageContaining("process " + ProcessHandle.current().pid());
    held.close();
    StateDirectory.open(directory).close();
  }

  @Test
  void aMemberOfAnEnsembleStartsFromTheCommittedList() throws Exception {
    String committed =
        "server.1=10.0.0.1:2882:3882:participant\nserver.2=10.0.0.2:2882:3882:participant\n";
    Files.createDirectories(directory.resolve("data"));
    Files.writeString(directory.resolve("members"), committed);
    Files.writeString(directory.resolve("data/myid"), "2\n");

    MemberList members = MemberList.open(directory);
    assertThat(members.myId()).isEqualTo(2);
    assertThat(String.join("\n", members.lines()) + "\n").isEqualTo(committed);
    assertThat(Files.readString(directory.resolve("members"))).isEqualTo(committed);
  }
}
