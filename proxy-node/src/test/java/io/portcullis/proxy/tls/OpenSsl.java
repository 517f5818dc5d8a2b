package io.portcullis.proxy.tls;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The `openssl` command.
public final class OpenSsl {

  private static final int PATIENCE_SECONDS = 30;

  private OpenSsl() {}

  /// Connects, says `input`, closes its side, and returns all that `s_client` printed.
  static String client(InetSocketAddress to, String input, String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("s_client", "-connect", "127.0.0.1:" + to.getPort()));
    arguments.addAll(List.of(options));
    return run(input, arguments.toArray(String[]::new));
  }

  static String run(String input, String... arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      Thread.ofVirtual().start(() -> say(process, input));
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("openssl did not end: " + said);
      }
      return said;
    } catch (IOException e) {
      throw new AssertionError("openssl is not there", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static void say(Process process, String input) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException _) {
      // It has ended before.
    }
  }
}
