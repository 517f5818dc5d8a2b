package io.portcullis.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Walls that only ever move inwards.
class TidyTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final String[] MODULES = {
    "farm-coordinator/zookeeper-provider", "farm-coordinator", "proxy-node", "image", "perf"
  };

  /// A class that grows past this has a second job.
  private static final int LONGEST_FILE = 400;

  /// Things left undone, spelt so as not to find this line.
  private static final Pattern UNFINISHED =
      Pattern.compile("TO" + "DO|FIX" + "ME|@Dis" + "abled|assume" + "True\\(");

  /// A test that waits for time to pass instead of for what it wants to see.
  private static final Pattern SLEEPS = Pattern.compile("Thread\\.sl" + "eep\\(");

  @Test
  void noFileIsLongerThanTheWall() throws IOException {
    try (Stream<Path> files = sources()) {
      assertThat(files.filter(file -> lines(file).size() > LONGEST_FILE)).isEmpty();
    }
  }

  @Test
  void nothingIsLeftUndone() throws IOException {
    try (Stream<Path> files = sources()) {
      assertThat(files.filter(file -> has(file, UNFINISHED))).isEmpty();
    }
  }

  @Test
  void noTestWaitsForTime() throws IOException {
    try (Stream<Path> files = sources()) {
      assertThat(
              files
                  .filter(file -> file.toString().contains("/src/test/"))
                  .filter(file -> has(file, SLEEPS)))
          .isEmpty();
    }
  }

  @Test
  void everyModuleSaysHowItIsBuilt() {
    assertThat(Stream.of(MODULES))
        .allSatisfy(module -> assertThat(ROOT.resolve(module).resolve("DESIGN.md")).exists());
  }

  @Test
  void everyPackageIsNullMarked() throws IOException {
    try (Stream<Path> files = sources()) {
      List<Path> unmarked =
          files
              .filter(file -> file.toString().contains("/src/main/"))
              .map(Path::getParent)
              .distinct()
              .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
              .toList();
      assertThat(unmarked).isEmpty();
    }
  }

  private static Stream<Path> sources() throws IOException {
    return Stream.of(MODULES)
        .map(module -> ROOT.resolve(module).resolve("src"))
        .filter(Files::exists)
        .flatMap(TidyTest::walk)
        .filter(file -> file.toString().endsWith(".java"));
  }

  private static Stream<Path> walk(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean has(Path file, Pattern pattern) {
    return lines(file).stream().anyMatch(pattern.asPredicate());
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }
}
