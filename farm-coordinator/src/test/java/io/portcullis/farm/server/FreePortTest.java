package io.portcullis.farm.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreePortTest {

  /// What the system gives out by itself is taken by the next outgoing connection or the next program that asks.
  @Test
  void noPortOfTheSystemsOwnRangeIsPicked() throws Exception {
    Path range = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    int first = Integer.parseInt(Files.readAllLines(range).getFirst().split("\\s+")[0]);
    List<Integer> ports = FreePort.some(200);
    assertThat(ports).doesNotHaveDuplicates().allMatch(port -> port > 1024 && port < first);
  }

  @Test
  void itCanBeBound() throws Exception {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    int port = FreePort.on(loopback);
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(loopback, port));
      assertThat(socket.getLocalPort()).isEqualTo(port);
    }
  }

  @Test
  void anAddressOfAnotherMachineIsSaid() {
    assertThatThrownBy(() -> FreePort.on(InetAddress.ofLiteral("192.0.2.1")))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("assign");
  }
}
