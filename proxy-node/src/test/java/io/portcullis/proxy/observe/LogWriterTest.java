package io.portcullis.proxy.observe;

import static io.portcullis.proxy.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.proxy.message.MessageRefused;
import io.portcullis.proxy.message.ParsedRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogWriterTest {

  private final Path directory;
  private final Path file;

  LogWriterTest(@TempDir Path directory) {
    this.directory = directory;
    this.file = directory.resolve("access.log");
  }

  private AccessLog open(boolean w3c, long bytes, int files) throws IOException {
    return AccessLog.open(new AccessLog.Settings(file, w3c, bytes, files), () -> "node 1");
  }

  private static AccessRecord record(String target) {
    InetSocketAddress client = new InetSocketAddress("192.0.2.7", 50_000);
    AccessRecord one =
        new AccessRecord(new ConnectionFacts("https", client, "TLSv1.3", "AES", true), 0);
    ParsedRequest request = new ParsedRequest();
    byte[] head =
        ("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    try {
      request.parse(head, head.length);
    } catch (MessageRefused e) {
      throw new IllegalArgumentException(e);
    }
    one.request(request, head.length);
    one.answered(200);
    one.ended();
    return one;
  }

  /// Empty while there is no such file.
  private static String content(Path of) {
    try {
      return Files.readString(of);
    } catch (IOException e) {
      return "";
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  @Test
  void fullFilesMakeRoomAndTheOldestGoes() throws IOException {
    try (AccessLog log = open(true, 2048, 3)) {
      for (int i = 0; i < 40; i++) {
        String target = "/number/" + i + "/";
        log.ended(record(target));
        eventually("line " + i, () -> content(file).contains(target));
      }
    }
    assertThat(files()).hasSize(3);
    for (Path one : files()) {
      assertThat(Files.size(one)).isLessThanOrEqualTo(2048);
      assertThat(Files.readAllLines(one)).first().asString().isEqualTo("#Software: Portcullis");
    }
    List<String> newest = new ArrayList<>(Files.readAllLines(directory.resolve("access.log.1")));
    newest.addAll(Files.readAllLines(file));
    assertThat(newest).last().asString().contains("/number/39/");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
  }

  @Test
  void movedFileIsLeftAloneAfterReopening() throws IOException {
    try (AccessLog log = open(false, 1 << 20, 3)) {
      log.ended(record("/before"));
      eventually("the first line", () -> content(file).contains("/before"));
      Path moved = directory.resolve("moved");
      Files.move(file, moved);
      log.reopen();
      eventually("a new file", () -> Files.exists(file));
      log.ended(record("/after"));
      eventually("the next line", () -> content(file).contains("/after"));
      assertThat(Files.readString(moved)).doesNotContain("/after");
    }
  }

  /// The queue is never empty while somebody puts in more than the writer can take out.
  @Test
  void movedFileIsLeftAloneInTheMiddleOfALoad() throws Exception {
    AtomicBoolean enough = new AtomicBoolean();
    AccessRecord one = record("/again");
    try (AccessLog log = open(false, 1L << 40, 1)) {
      Runnable load =
          () -> {
            while (!enough.get()) {
              log.ended(one);
            }
          };
      List<Thread> loads =
          List.of(Thread.ofPlatform().start(load), Thread.ofPlatform().start(load));
      try {
        eventually("more than it can take", () -> log.overflowed() > 0);
        Files.move(file, directory.resolve("moved"));
        log.reopen();
        eventually("a new file", () -> Files.exists(file));
      } finally {
        enough.set(true);
        for (Thread each : loads) {
          each.join();
        }
      }
    }
  }

  @Test
  void overflowIsCountedAndNothingWaits() throws IOException {
    AccessLog log = AccessLog.open(new AccessLog.Settings(file, false, 1 << 30, 1), () -> "n", 4);
    for (int i = 0; i < 100_000; i++) {
      log.ended(record("/"));
    }
    log.close();
    assertThat(log.overflowed()).isPositive();
    assertThat(log.overflowed() + Files.readAllLines(file).size()).isEqualTo(100_000);
  }

  @Test
  void lostLinesAreCountedAndWritingGoesOnWhenItCan() throws IOException {
    Path inner = directory.resolve("inner");
    Path place = inner.resolve("access.log");
    try (AccessLog log =
        AccessLog.open(new AccessLog.Settings(place, false, 1 << 20, 1), () -> "n")) {
      Files.delete(place);
      Files.delete(inner);
      Files.writeString(inner, "a file where the directory was");
      log.reopen();
      eventually(
          "a lost line",
          () -> {
            log.ended(record("/lost"));
            return log.lost() > 0;
          });
      Files.delete(inner);
      eventually(
          "a written line",
          () -> {
            log.ended(record("/found"));
            return content(place).contains("/found");
          });
    }
  }

  @Test
  void w3cLinesHaveAsManyFieldsAsTheirHeadNames() throws IOException {
    try (AccessLog log = open(true, 1 << 20, 1)) {
      log.ended(record("/with%20space/\u00e4\"?q=1"));
    }
    List<String> lines = Files.readAllLines(file);
    String fields = lines.get(3);
    assertThat(fields).startsWith("#Fields: date time s-computername ");
    String[] names = fields.substring("#Fields: ".length()).split(" ");
    String[] values = lines.getLast().split(" ");
    assertThat(values).hasSameSizeAs(names);
    assertThat(value(names, values, "s-computername")).isEqualTo("node+1");
    assertThat(value(names, values, "cs-uri-stem")).isEqualTo("/with%20space/%e4\"");
    assertThat(value(names, values, "cs-uri-query")).isEqualTo("q=*");
    assertThat(value(names, values, "c-ip")).isEqualTo("192.0.2.7");
    assertThat(value(names, values, "sc-status")).isEqualTo("200");
    assertThat(value(names, values, "x-tls-resumed")).isEqualTo("1");
    assertThat(value(names, values, "x-pool")).isEqualTo("-");
  }

  private static String value(String[] names, String[] values, String name) {
    return values[List.of(names).indexOf(name)];
  }

  @Test
  void bytesOfTheClientCannotForgeALine() throws IOException {
    try (AccessLog log = open(false, 1 << 20, 1)) {
      log.ended(record("/\"},{\"x\":\"\\\u00ff"));
    }
    assertThat(Files.readAllLines(file)).hasSize(1);
    assertThat(Files.readString(file)).contains("/\\\"},{\\\"x\\\":\\\"\\\\\\u00ff\"");
  }

  @Test
  void aLongTargetIsCut() throws IOException {
    try (AccessLog log = open(false, 1 << 20, 1)) {
      log.ended(record("/" + "x".repeat(10_000)));
    }
    assertThat(Files.readString(file)).contains("xx...\"").hasSizeLessThan(3000);
  }
}
