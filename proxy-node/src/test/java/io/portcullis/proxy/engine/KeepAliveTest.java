package io.portcullis.proxy.engine;

import static io.portcullis.proxy.Eventually.eventually;

import io.portcullis.proxy.message.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A client that vanished without a word, behind a NAT device that forgot it, is found out by the kernel.
class KeepAliveTest {

  /// A timer of the kernel's, that of keep-alive (proc(5)).
  private static final String PROBING = "02:";

  @ParameterizedTest
  @MethodSource("io.portcullis.proxy.engine.ForwardingTest#transports")
  void bothSidesOfAnIdleConnectionAreProbed(Transport transport) throws Exception {
    try (ScriptedMember member = ScriptedMember.echo();
        TestNode node = TestNode.of(TestNode.clearPool(false, member.port()), transport);
        Wire client = node.connect()) {
      client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").read();
      // Until what was sent is acknowledged, the timer is another.
      eventually("the client is probed", () -> areProbed(node.address().getPort(), true));
      eventually("the member is probed", () -> areProbed(member.port(), false));
    }
  }

  /// @param own the port is on the node's side, rather than on the other
  private static boolean areProbed(int port, boolean own) {
    List<String> timers =
        Stream.concat(table("tcp"), table("tcp6"))
            .map(line -> line.strip().split("\\s+"))
            .filter(fields -> fields[own ? 1 : 2].endsWith(":%04X".formatted(port)))
            .filter(fields -> fields[3].equals("01"))
            .map(fields -> fields[5])
            .toList();
    return !timers.isEmpty() && timers.stream().allMatch(KeepAliveTest::isProbe);
  }

  /// Within the minute, in hundredths of a second.
  private static boolean isProbe(String timer) {
    return timer.startsWith(PROBING)
        && Integer.parseInt(timer.substring(PROBING.length()), 16) <= 60 * 100;
  }

  private static Stream<String> table(String name) {
    try {
      return Files.readAllLines(Path.of("/proc/net", name)).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
