package io.portcullis.proxy.message;

import static io.portcullis.proxy.Eventually.eventually;

import io.netty.channel.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What the kernel knows of a connection (proc(5)): tests wait until bytes have come, though nobody has read them.
final class KernelsView {
  private KernelsView() {}

  /// Waits until the kernel has bytes for this socket.
  static void arrived(Channel channel) {
    eventually(
        "bytes for " + channel,
        () -> kernelsView(channel).stream().anyMatch(fields -> !fields[4].endsWith(":00000000")));
  }

  /// Waits until the kernel has seen the other side's end, or its reset.
  static void ended(Channel channel) {
    eventually(
        "the end of " + channel,
        () -> kernelsView(channel).stream().noneMatch(fields -> fields[3].equals("01")));
  }

  /// Its line of /proc/net/tcp, cut into fields; none when it was reset.
  private static List<String[]> kernelsView(Channel channel) {
    String local = ":%04X".formatted(((InetSocketAddress) channel.localAddress()).getPort());
    String remote = ":%04X".formatted(((InetSocketAddress) channel.remoteAddress()).getPort());
    return Stream.of("tcp", "tcp6")
        .flatMap(table -> read(Path.of("/proc/net", table)).stream())
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields[1].endsWith(local) && fields[2].endsWith(remote))
        .toList();
  }

  static List<String> read(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
