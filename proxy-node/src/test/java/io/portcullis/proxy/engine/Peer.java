package io.portcullis.proxy.engine;

import io.portcullis.farm.server.FreePort;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;

/// Another reverse proxy, as the distribution ships it, in front of the same kind of members: one port of its own for each.
final class Peer implements Closeable {

  private static final int ATTEMPTS = 5;
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final Process process;
  private final List<Integer> ports;

  private Peer(Process process, List<Integer> ports) {
    this.process = process;
    this.ports = ports;
  }

  static Peer nginx(Path directory, List<Integer> members) throws IOException {
    return start(
        directory,
        members,
        Peer::nginxConfig,
        file ->
            List.of(
                "/usr/sbin/nginx",
                "-e",
                directory + "/error.log",
                "-p",
                directory + "/",
                "-c",
                file));
  }

  static Peer haproxy(Path directory, List<Integer> members) throws IOException {
    return start(
        directory,
        members,
        Peer::haproxyConfig,
        file -> List.of("/usr/sbin/haproxy", "-db", "-f", file));
  }

  /// Free ports may be taken by somebody else between choosing and binding: then others are chosen.
  private static Peer start(
      Path directory,
      List<Integer> members,
      BiFunction<Path, List<int[]>, String> config,
      java.util.function.Function<String, List<String>> command)
      throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve("peer.conf");
    Path log = directory.resolve("output.log");
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      List<Integer> ports = FreePort.some(members.size());
      List<int[]> pairs = new ArrayList<>();
      for (int i = 0; i < members.size(); i++) {
        pairs.add(new int[] {ports.get(i), members.get(i)});
      }
      Files.writeString(file, config.apply(directory, pairs));
      Process process =
          new ProcessBuilder(command.apply(file.toString()))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      Peer peer = new Peer(process, ports);
      if (peer.accepts()) {
        return peer;
      }
      peer.close();
    }
    throw new IOException("does not start: " + Files.readString(log));
  }

  private static String nginxConfig(Path directory, List<int[]> pairs) {
    StringBuilder servers = new StringBuilder();
    for (int[] pair : pairs) {
      servers.append(
          "server { listen 127.0.0.1:%d; location / { proxy_pass http://127.0.0.1:%d; } }\n"
              .formatted(pair[0], pair[1]));
    }
    return """
    daemon off;
    master_process off;
    pid %1$s/nginx.pid;
    error_log %1$s/error.log;
    events {}
    http {
      access_log off;
      client_body_temp_path %1$s/body;
      proxy_temp_path %1$s/proxy;
      fastcgi_temp_path %1$s/fastcgi;
      uwsgi_temp_path %1$s/uwsgi;
      scgi_temp_path %1$s/scgi;
      large_client_header_buffers 8 80k;
      client_max_body_size 0;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_request_buffering off;
      proxy_buffering off;
    %2$s}
    """
        .formatted(directory, servers);
  }

  private static String haproxyConfig(Path directory, List<int[]> pairs) {
    StringBuilder lanes = new StringBuilder();
    for (int i = 0; i < pairs.size(); i++) {
      lanes.append(
          """
          listen lane%1$d
            bind 127.0.0.1:%2$d
            server member 127.0.0.1:%3$d
          """
              .formatted(i, pairs.get(i)[0], pairs.get(i)[1]));
    }
    return """
    global
      maxconn 500
      tune.bufsize 98304
      tune.http.maxhdr 600
    defaults
      mode http
      http-reuse never
      timeout connect 5s
      timeout client 20s
      timeout server 20s
    """
        + lanes;
  }

  private boolean accepts() {
    long deadline = System.nanoTime() + START_NANOS;
    while (process.isAlive() && System.nanoTime() < deadline) {
      try (Socket socket = new Socket()) {
        socket.connect(address(0));
        return process.isAlive();
      } catch (IOException _) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      }
    }
    return false;
  }

  InetSocketAddress address(int lane) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(lane));
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
