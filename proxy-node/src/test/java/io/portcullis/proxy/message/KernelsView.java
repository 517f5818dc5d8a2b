package io.portcullis.proxy.message;

import static io.portcullis.proxy.Eventually.eventually;

import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the kernel knows of a connection (proc(5)): tests wait until bytes have come, though nobody has read them.
final class KernelsView {
  private KernelsView() {}

  /// Waits until the kernel has bytes for all these sockets.
  static void arrived(List<Channel> channels) {
    eventually(
        "bytes for " + channels,
        () -> {
          Map<String, String[]> view = view();
          return channels.stream()
              .map(channel -> view.get(pair(channel)))
              .allMatch(fields -> fields != null && !fields[4].endsWith(":00000000"));
        });
  }

  /// Waits until the kernel has seen the other side's end, or its reset: no line is left then.
  static void ended(Channel channel) {
    eventually(
        "the end of " + channel,
        () -> {
          String[] fields = view().get(pair(channel));
          return fields == null || !fields[3].equals("01");
        });
  }

  /// Whether epoll tells of this socket once for each thing that happens to it (`EPOLLET`, the highest bit).
  static boolean isEdgeTriggered(Channel channel) throws IOException {
    int socket = ((UnixChannel) channel).fd().intValue();
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fdinfo"))) {
      return all.flatMap(KernelsView::watched)
          .map(line -> line.strip().split("\\s+"))
          .filter(fields -> Integer.parseInt(fields[1]) == socket)
          .anyMatch(fields -> (Long.parseLong(fields[3], 16) & 1L << 31) != 0);
    }
  }

  private static Stream<String> watched(Path descriptor) {
    try {
      return Files.readAllLines(descriptor).stream().filter(line -> line.startsWith("tfd:"));
    } catch (IOException _) {
      // Another test's, which is closed by now.
      return Stream.empty();
    }
  }

  private static String pair(Channel channel) {
    return ":%04X :%04X"
        .formatted(
            ((InetSocketAddress) channel.localAddress()).getPort(),
            ((InetSocketAddress) channel.remoteAddress()).getPort());
  }

  /// The lines of /proc/net/tcp, cut into fields, by the ports on this side and the other.
  private static Map<String, String[]> view() {
    return Stream.of("tcp", "tcp6")
        .flatMap(table -> read(Path.of("/proc/net", table)).stream())
        .map(line -> line.strip().split("\\s+"))
        .collect(
            Collectors.toMap(
                fields -> port(fields[1]) + " " + port(fields[2]),
                fields -> fields,
                (one, _) -> one));
  }

  /// With its colon; nothing in the line of titles.
  private static String port(String address) {
    return address.substring(Math.max(0, address.indexOf(':')));
  }

  static List<String> read(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
