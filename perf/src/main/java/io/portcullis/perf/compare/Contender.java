package io.portcullis.perf.compare;

import io.portcullis.farm.server.FreePort;
import io.portcullis.proxy.ProxyNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A proxy to be measured, or the origin behind it: how it is told to do the same as the others.
///
/// Agreed for all: one worker, TLS to the clients and to the origin, the origin's certificate verified by chain and name,
/// kept connections to the origin, session tickets on, one line of access log for each request, nothing cached or compressed.
///
/// @param command without the pinning
/// @param warmUpSeconds before its first measurement of a workload: a JVM compiles meanwhile
record Contender(String name, List<String> command, int https, int http, int warmUpSeconds) {

  static final String NODE = "portcullis";
  static final String NGINX = "nginx";
  static final String HAPROXY = "haproxy";

  private static final int JVM_WARM_UP_SECONDS = 7;

  Contender {
    command = List.copyOf(command);
  }

  static List<String> names() {
    return List.of(NODE, NGINX, HAPROXY);
  }

  static Contender of(String name, Bench bench) throws IOException {
    return switch (name) {
      case NODE -> node(bench);
      case NGINX -> nginx(bench);
      case HAPROXY -> haproxy(bench);
      default ->
          throw new IllegalArgumentException(
              "--proxy is one of " + String.join(", ", names()) + ", not \"" + name + "\"");
    };
  }

  static Contender origin(Bench bench) throws IOException {
    Path config = bench.file("origin.conf");
    Files.writeString(
        config,
        nginxFrame(
            bench,
            "origin",
            "access_log off;",
            """
              server {
                listen 127.0.0.1:%1$d ssl reuseport backlog=4096;
                listen 127.0.0.1:%2$d reuseport backlog=4096;
                ssl_certificate %3$s/origin.pem;
                ssl_certificate_key %3$s/origin.key;
                root %3$s/files;
                client_max_body_size 0;
                # Answered when the whole body is read: an answer before that ends connections, each proxy in its own way.
                location = /sink {
                  client_body_buffer_size 2m;
                  proxy_pass http://127.0.0.1:%2$d/taken;
                  proxy_pass_request_body off;
                  proxy_set_header Content-Length "";
                }
                location = /taken { return 200 "taken\\n"; }
                location / { default_type application/octet-stream; }
              }
            """
                .formatted(bench.originTls(), bench.originClear(), bench.directory())));
    return new Contender(
        "origin", nginxCommand(bench, config), bench.originTls(), bench.originClear(), 0);
  }

  private static Contender nginx(Bench bench) throws IOException {
    int https = FreePort.one();
    int http = FreePort.one();
    Path config = bench.file("nginx.conf");
    Files.writeString(
        config,
        nginxFrame(
            bench,
            NGINX,
            "access_log %s/nginx.log combined buffer=64k flush=1s;".formatted(bench.directory()),
            """
              upstream tls_origin { server 127.0.0.1:%3$d; keepalive 512; keepalive_requests 1000000000; }
              upstream clear_origin { server 127.0.0.1:%4$d; keepalive 512; keepalive_requests 1000000000; }
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $http_host;
              proxy_buffering on;
              proxy_buffers 64 16k;
              proxy_max_temp_file_size 0;
              proxy_request_buffering off;
              client_max_body_size 0;
              server {
                listen 127.0.0.1:%1$d ssl backlog=4096;
                ssl_certificate %5$s/front.pem;
                ssl_certificate_key %5$s/front.key;
                ssl_session_tickets on;
                location / {
                  proxy_pass https://tls_origin;
                  proxy_ssl_verify on;
                  proxy_ssl_trusted_certificate %5$s/ca.pem;
                  proxy_ssl_name %6$s;
                  proxy_ssl_server_name on;
                  proxy_ssl_protocols TLSv1.3;
                }
              }
              server {
                listen 127.0.0.1:%2$d backlog=4096;
                location / { proxy_pass http://clear_origin; }
              }
            """
                .formatted(
                    https,
                    http,
                    bench.originTls(),
                    bench.originClear(),
                    bench.directory(),
                    Bench.POOL)));
    return new Contender(NGINX, nginxCommand(bench, config), https, http, 1);
  }

  /// One worker; TLS 1.3 with one cipher suite on the origin's side, so that all agree on it.
  private static String nginxFrame(Bench bench, String name, String log, String servers) {
    return """
    daemon off;
    %5$s
    worker_processes 1;
    worker_rlimit_nofile 60000;
    pid %1$s/%2$s.pid;
    error_log %1$s/%2$s.error.log warn;
    events { worker_connections 20000; }
    http {
      %3$s
      sendfile on;
      tcp_nopush on;
      keepalive_timeout 1h;
      keepalive_requests 1000000000;
      ssl_protocols TLSv1.3;
      ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
      client_body_temp_path %1$s/tmp-%2$s/body;
      proxy_temp_path %1$s/tmp-%2$s/proxy;
      fastcgi_temp_path %1$s/tmp-%2$s/fastcgi;
      uwsgi_temp_path %1$s/tmp-%2$s/uwsgi;
      scgi_temp_path %1$s/tmp-%2$s/scgi;
    %4$s}
    """
        .formatted(bench.directory(), name, log, servers, user());
  }

  /// As root, nginx would read the files as somebody who may not; otherwise it stays who it is.
  private static String user() {
    return System.getProperty("user.name").equals("root") ? "user root;" : "";
  }

  private static List<String> nginxCommand(Bench bench, Path config) throws IOException {
    String name = config.getFileName().toString().replace(".conf", "");
    Files.createDirectories(bench.file("tmp-" + name));
    return List.of(
        "nginx",
        "-e",
        bench.file(name + ".error.log").toString(),
        "-p",
        bench.directory() + "/",
        "-c",
        config.toString());
  }

  private static Contender haproxy(Bench bench) throws IOException {
    int https = FreePort.one();
    int http = FreePort.one();
    Path config = bench.file("haproxy.cfg");
    Files.writeString(
        config,
        """
        global
          nbthread 1
          maxconn 9000
          log stdout format raw local0
          tune.ssl.default-dh-param 2048
          ssl-default-bind-ciphersuites TLS_AES_128_GCM_SHA256
          ssl-default-bind-options ssl-min-ver TLSv1.3
          ssl-default-server-options ssl-min-ver TLSv1.3
        defaults
          mode http
          log global
          option httplog
          option http-keep-alive
          http-reuse always
          timeout client 1h
          timeout server 1h
          timeout connect 5s
        frontend tls
          bind 127.0.0.1:%1$d ssl crt %5$s/front.both alpn http/1.1
          default_backend tls_origin
        frontend clear
          bind 127.0.0.1:%2$d
          default_backend clear_origin
        backend tls_origin
          server origin 127.0.0.1:%3$d ssl verify required ca-file %5$s/ca.pem sni str(%6$s) verifyhost %6$s pool-max-conn 512
        backend clear_origin
          server origin 127.0.0.1:%4$d pool-max-conn 512
        """
            .formatted(
                https,
                http,
                bench.originTls(),
                bench.originClear(),
                bench.directory(),
                Bench.POOL));
    return new Contender(
        HAPROXY, List.of("haproxy", "-db", "-f", config.toString()), https, http, 1);
  }

  private static Contender node(Bench bench) throws IOException {
    int https = FreePort.one();
    int http = FreePort.one();
    Path document = bench.file("farm.yaml");
    Files.writeString(
        document,
        """
        farm: compare
        listeners:
          - {name: https, bind: "127.0.0.1:%1$d", tls: {certificates: [front], minVersion: TLSv1.3}}
          - {name: http, bind: "127.0.0.1:%2$d"}
        certificates:
          - {name: front, chainFile: front.pem, keyFile: front.key}
        pools:
          - name: pool01
            members: [{host: origin.contoso.local, address: 127.0.0.1}]
            bridging: {https: %3$d, http: %4$d}
            tls: {serverName: %5$s, trustFile: ca.pem, minVersion: TLSv1.3}
            upstreamConnections: shared
        rules:
          - {name: web, listener: https, publicNames: ["*"], paths: [/], pool: pool01}
          - {name: clear, listener: http, publicNames: ["*"], paths: [/], pool: pool01}
        """
            .formatted(https, http, bench.originTls(), bench.originClear(), Bench.POOL));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:MaxNewSize=48m",
            "-cp",
            System.getProperty("java.class.path"),
            ProxyNode.class.getName(),
            "run",
            "--file",
            document.toString(),
            "--access-log",
            bench.file("node.log").toString(),
            "--drain-seconds",
            "1"));
    return new Contender(NODE, command, https, http, JVM_WARM_UP_SECONDS);
  }
}
