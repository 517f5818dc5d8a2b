package io.portcullis.perf.training;

import io.portcullis.perf.demo.LiveFarm;
import java.nio.file.Path;
import java.util.List;

/// One program whose JVM is trained. `farmctl` looks for its file beside the jars, by this name.
enum Lesson {
  /// Its classes only: with the profiles of a practice a node is quicker in its first seconds, and slower in handshakes for minutes.
  NODE("node", "node-1", false),
  COORDINATOR("coordinator", LiveFarm.COORDINATOR, true),
  FARMCTL("farmctl", "farmctl", true);

  private final String word;
  private final String process;
  private final boolean profiles;

  Lesson(String word, String process, boolean profiles) {
    this.word = word;
    this.process = process;
    this.profiles = profiles;
  }

  /// With which a JVM learns, and writes it down when it ends.
  List<String> flags(Path directory) {
    String output = "-XX:AOTCacheOutput=" + part(directory);
    return profiles
        ? List.of(output)
        : List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTRecordTraining", output);
  }

  /// The process of the practice farm that learns.
  String process() {
    return process;
  }

  Path file(Path directory) {
    return directory.resolve(word + ".aot");
  }

  /// Until it is known to be whole.
  Path part(Path directory) {
    return directory.resolve(word + ".aot.part");
  }
}
