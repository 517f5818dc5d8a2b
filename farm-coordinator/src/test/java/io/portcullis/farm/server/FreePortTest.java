package io.portcullis.farm.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
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

  /// What another process that wants a port of its own does with one that was given away.
  @Test
  void whatWasGivenAwayIsNotGivenAgain() throws Exception {
    InetSocketAddress given =
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), FreePort.one());
    try (Socket other = new Socket()) {
      other.setReuseAddress(false);
      assertThatThrownBy(() -> other.bind(given)).isInstanceOf(BindException.class);
    }
    assertThatThrownBy(
            () -> {
              try (Socket client = new Socket()) {
                client.connect(given);
              }
            })
        .as("nobody listens there meanwhile")
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void anAddressOfAnotherMachineIsSaid() {
    assertThatThrownBy(() -> FreePort.on(InetAddress.ofLiteral("192.0.2.1")))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("assign");
  }
}
