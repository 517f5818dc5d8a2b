package io.portcullis.journey;

import io.portcullis.farm.server.FreePort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A real nginx as a pool member: TLS on one port, clear on another, its own directory, ended by its own pid.
final class Nginx implements AutoCloseable {

  final int httpsPort;
  final int httpPort;
  final Path root;
  private final Program process;

  private Nginx(int httpsPort, int httpPort, Path root, Program process) {
    this.httpsPort = httpsPort;
    this.httpPort = httpPort;
    this.root = root;
    this.process = process;
  }

  /// @param locations more `location` blocks for both servers
  static Nginx start(Path directory, Authority.Issued certificate, String locations)
      throws IOException {
    Files.createDirectories(directory.resolve("tmp"));
    Path root = Files.createDirectories(directory.resolve("root"));
    List<Integer> ports = FreePort.some(2);
    String server =
        """
          server {
            listen 127.0.0.1:%s;
            %s
            location / { root %s; dav_methods PUT; create_full_put_path on; }
            %s
          }
        """;
    String tls =
        "ssl_certificate %s; ssl_certificate_key %s;"
            .formatted(certificate.chain(), certificate.key());
    Files.writeString(
        directory.resolve("nginx.conf"),
        """
        daemon off;
        master_process off;
        pid %1$s/nginx.pid;
        error_log %1$s/error.log notice;
        events { worker_connections 512; }
        http {
          log_format wire '$status $request';
          access_log %1$s/access.log wire;
          client_body_temp_path %1$s/tmp/body;
          proxy_temp_path %1$s/tmp/proxy;
          fastcgi_temp_path %1$s/tmp/fastcgi;
          uwsgi_temp_path %1$s/tmp/uwsgi;
          scgi_temp_path %1$s/tmp/scgi;
          client_max_body_size 0;
          server_tokens off;
        %2$s
        %3$s
        }
        """
            .formatted(
                directory,
                server.formatted(ports.get(0) + " ssl", tls, root, locations),
                server.formatted(ports.get(1), "", root, locations)));
    Program process =
        Program.start(
            directory,
            List.of(
                "/usr/sbin/nginx",
                "-p",
                directory.toString(),
                "-e",
                directory.resolve("error.log").toString(),
                "-c",
                directory.resolve("nginx.conf").toString()));
    Nginx nginx = new Nginx(ports.get(0), ports.get(1), root, process);
    Eventually.until("nginx accepts; " + process.output(), nginx::accepts);
    return nginx;
  }

  private boolean accepts() throws IOException {
    if (!process.isAlive()) {
      throw new IllegalStateException("nginx ended: " + process.output());
    }
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", httpsPort), 1000);
      return true;
    }
  }

  void kill() {
    process.kill();
  }

  @Override
  public void close() {
    process.close();
  }
}
