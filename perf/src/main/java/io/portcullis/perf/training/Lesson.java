package io.portcullis.perf.training;

import io.portcullis.perf.demo.LiveFarm;
import java.nio.file.Path;

/// One program whose JVM is trained. `farmctl` looks for its file beside the jars, by this name.
enum Lesson {
  NODE("node", "node-1"),
  COORDINATOR("coordinator", LiveFarm.COORDINATOR),
  FARMCTL("farmctl", "farmctl");

  private final String word;
  private final String process;

  Lesson(String word, String process) {
    this.word = word;
    this.process = process;
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
