package io.portcullis.proxy.journey;

import io.portcullis.farm.server.FreePort;
import io.portcullis.proxy.Eventually;
import io.portcullis.proxy.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A real web server as a pool member, with TLS on one port and clear text on another.
final class Nginx implements AutoCloseable {

  private final Child process;
  private final int httpsPort;
  private final int httpPort;

  Nginx(Path directory, String name, TestAuthority authority) throws IOException {
    this(directory, name, authority, "");
  }

  /// One that wants to be told who the client is, in front of everything else, and says so in its answers.
  static Nginx introduced(Path directory, String name, TestAuthority authority) throws IOException {
    return new Nginx(directory, name, authority, " proxy_protocol");
  }

  private Nginx(Path directory, String name, TestAuthority authority, String listens)
      throws IOException {
    httpsPort = FreePort.one();
    httpPort = FreePort.one();
    TestAuthority.Issued certificate = authority.issue(name);
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("chain.pem"), certificate.chain());
    Files.writeString(directory.resolve("key.pem"), certificate.key());
    Path config = directory.resolve("nginx.conf");
    Files.writeString(config, config(directory, httpsPort, httpPort, listens));
    process =
        new Child(
            List.of(
                "/usr/sbin/nginx",
                "-e",
                directory + "/error.log",
                "-p",
                directory + "/",
                "-c",
                config.toString()));
    Eventually.eventually("nginx accepts on " + httpsPort, () -> accepts(httpsPort));
  }

  private static String config(Path directory, int httpsPort, int httpPort, String listens) {
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
      server {
        listen 127.0.0.1:%2$d ssl%4$s;
        listen 127.0.0.1:%3$d%4$s;
        ssl_certificate %1$s/chain.pem;
        ssl_certificate_key %1$s/key.pem;
        location = /who { return 200 "$proxy_protocol_addr:$proxy_protocol_port to $proxy_protocol_server_addr:$proxy_protocol_server_port"; }
        location = /forwarded { return 200 "$http_x_forwarded_for $http_x_forwarded_proto $http_x_forwarded_host $http_forwarded"; }
        location = /health { return 200 "fine"; }
        location / { return 200 "$scheme $ssl_server_name $http_host $request_uri"; }
      }
    }
    """
        .formatted(directory, httpsPort, httpPort, listens);
  }

  static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  int httpsPort() {
    return httpsPort;
  }

  int httpPort() {
    return httpPort;
  }

  @Override
  public void close() {
    process.close();
  }
}
