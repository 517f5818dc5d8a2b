package io.portcullis.perf.bindings;

import io.portcullis.farm.identity.FarmHome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// What a ZooKeeper server counted since it started, as it tells itself (`mntr`, ZooKeeper Administrator's Guide).
///
/// @param received requests of clients, pings included
/// @param sent answers and watch events
/// @param writes transactions
/// @param bytes received
record ZooKeeperCounters(long received, long sent, long writes, long bytes, long watches) {

  private static final int MAX_BYTES = 1 << 20;
  private static final int LIMIT_MILLIS = 10_000;

  /// Over TLS as a member of the farm: there is no other way in.
  static ZooKeeperCounters read(FarmHome home) throws IOException {
    String address = home.zookeeper().split(",")[0];
    int colon = address.lastIndexOf(':');
    try {
      SSLContext tls = home.identity().sslContext(Set.of("coordinator"));
      try (SSLSocket socket =
          (SSLSocket)
              tls.getSocketFactory()
                  .createSocket(
                      address.substring(0, colon),
                      Integer.parseInt(address.substring(colon + 1)))) {
        socket.setSoTimeout(LIMIT_MILLIS);
        socket.getOutputStream().write("mntr".getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        return parse(
            new String(socket.getInputStream().readNBytes(MAX_BYTES), StandardCharsets.ISO_8859_1));
      }
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS to " + address, e);
    }
  }

  static ZooKeeperCounters parse(String text) throws IOException {
    Map<String, Long> values = new HashMap<>();
    for (String line : text.split("\n")) {
      String[] words = line.strip().split("\\s+");
      if (words.length == 2 && words[1].matches("[0-9]{1,18}")) {
        values.put(words[0], Long.parseLong(words[1]));
      }
    }
    if (!values.containsKey("zk_packets_received")) {
      throw new IOException("ZooKeeper does not tell its counters: " + text.lines().findFirst());
    }
    return new ZooKeeperCounters(
        values.getOrDefault("zk_packets_received", 0L),
        values.getOrDefault("zk_packets_sent", 0L),
        values.getOrDefault("zk_cnt_propagation_latency", 0L),
        values.getOrDefault("zk_bytes_received_count", 0L),
        values.getOrDefault("zk_watch_count", 0L));
  }

  ZooKeeperCounters since(ZooKeeperCounters before) {
    return new ZooKeeperCounters(
        received - before.received,
        sent - before.sent,
        writes - before.writes,
        bytes - before.bytes,
        watches);
  }
}
