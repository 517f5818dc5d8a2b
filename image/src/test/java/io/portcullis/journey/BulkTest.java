package io.portcullis.journey;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// 500 MB up and down, TLS on both sides, through a node that has half of that as heap: bounded memory, nothing changed.
class BulkTest {

  private static final int BLOCK = 1_000_000;
  private static final int BLOCKS = 500;

  @TempDir Path directory;

  @Test
  void halfAGigabyteUpAndDownArrivesUnchangedThroughASmallHeap() throws Exception {
    Path original = randomFile(directory.resolve("original.bin"));
    Authority pool = Authority.create(directory, "pool");
    try (Nginx nginx =
            Nginx.start(
                Files.createDirectory(directory.resolve("nginx")),
                pool.issue("member", "pool01.contoso.local"),
                "");
        SingleNode node =
            SingleNode.start(
                directory,
                "[" + SingleNode.member("fe1.contoso.local", nginx.httpsPort, nginx.httpPort) + "]",
                pool.trust,
                "-Xmx256m",
                "-XX:MaxDirectMemorySize=128m")) {
      curl(node, "-T", original.toString(), "-o", "/dev/null");
      assertThat(Files.mismatch(original, nginx.root.resolve("bulk.bin"))).isEqualTo(-1);
      Path down = directory.resolve("down.bin");
      curl(node, "-o", down.toString());
      assertThat(Files.mismatch(original, down)).isEqualTo(-1);
      assertThat(node.process.isAlive()).isTrue();
      assertThat(node.process.output()).doesNotContain("LEAK", "OutOfMemory");
    }
  }

  private static Path randomFile(Path file) throws IOException {
    Random random = new Random(42);
    byte[] block = new byte[BLOCK];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < BLOCKS; i++) {
        random.nextBytes(block);
        out.write(block);
      }
    }
    return file;
  }

  private void curl(SingleNode node, String... what) throws Exception {
    List<String> command = node.curl("/bulk.bin");
    command.addAll(List.of(what));
    Program curl = Program.finished(directory, command);
    assertThat(curl.exitCode()).as("%s%nnode: %s", curl.output(), node.process.output()).isZero();
  }
}
