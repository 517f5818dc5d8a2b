package io.portcullis.proxy.journey;

import io.portcullis.proxy.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A real process, with what it says.
final class Child implements AutoCloseable {

  private final Process process;
  private final List<String> out = new CopyOnWriteArrayList<>();
  private final List<String> err = new CopyOnWriteArrayList<>();
  private final List<Thread> readers = new ArrayList<>();

  Child(List<String> command) throws IOException {
    process = new ProcessBuilder(command).start();
    readers.add(collect(process.getInputStream(), out));
    readers.add(collect(process.getErrorStream(), err));
  }

  /// A node as an appliance runs it, in a small heap.
  static Child node(String... arguments) throws IOException {
    return node(List.of(), arguments);
  }

  /// @param flags of the JVM
  static Child node(List<String> flags, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "io.portcullis.proxy.ProxyNode"));
    command.addAll(1, flags);
    command.addAll(List.of(arguments));
    return new Child(command);
  }

  private static Thread collect(InputStream from, List<String> into) {
    return Thread.ofVirtual()
        .start(() -> {
          try (BufferedReader lines =
              new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
              into.add(line);
            }
          } catch (IOException _) {
            // The process has ended.
          }
        });
  }

  /// Waits for a line on standard output and gives its first group, or all of it.
  String line(String pattern) {
    Pattern wanted = Pattern.compile(pattern);
    List<String> found = new ArrayList<>();
    try {
      Eventually.eventually(pattern, () -> find(wanted, found) || !process.isAlive());
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "; it said " + out + err, e);
    }
    if (found.isEmpty() && !find(wanted, found)) {
      throw new AssertionError("ended without saying " + pattern + ": " + out + err);
    }
    return found.getFirst();
  }

  private boolean find(Pattern wanted, List<String> found) {
    for (String line : out) {
      Matcher matcher = wanted.matcher(line);
      if (matcher.matches()) {
        found.add(matcher.group(matcher.groupCount() == 0 ? 0 : 1));
        return true;
      }
    }
    return false;
  }

  String errors() {
    return String.join("\n", err);
  }

  void signal(String name) throws IOException, InterruptedException {
    int code =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (code != 0) {
      throw new IOException("kill -" + name + " answered " + code);
    }
  }

  /// Waits for the end, and for the last word.
  int exitCode() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("still running: " + out + err);
    }
    for (Thread reader : readers) {
      reader.join();
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
