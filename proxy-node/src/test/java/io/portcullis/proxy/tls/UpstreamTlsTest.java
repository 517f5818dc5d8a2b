package io.portcullis.proxy.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.TlsVersion;
import io.portcullis.farm.server.FreePort;
import io.portcullis.proxy.Eventually;
import io.portcullis.proxy.TestAuthority;
import io.portcullis.proxy.message.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// TLS towards members: nginx and `openssl s_server`.
class UpstreamTlsTest {

  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  private static final String NAME = "pool01.contoso.local";

  @TempDir private Path directory = Path.of("");

  private final TestAuthority authority = new TestAuthority("pool CA");
  private final Map<String, TestAuthority.Issued> certificates =
      Map.of("web", authority.issue("web.contoso.com"));
  private final TlsNode node = new TlsNode();

  @BeforeEach
  void certify() throws Exception {
    certify(authority.issue(NAME));
  }

  private void certify(TestAuthority.Issued issued) throws Exception {
    Files.writeString(directory.resolve("chain.pem"), issued.chain());
    Files.writeString(directory.resolve("key.pem"), issued.key());
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private static Pool.PoolTls tls(TestAuthority trusted, TlsVersion floor) {
    return new Pool.PoolTls(NAME, null, trusted.certificate(), floor);
  }

  private String get() {
    return OpenSsl.client(node.address(), REQUEST, "-quiet");
  }

  private Peer nginx(int port, String directives) throws Exception {
    return nginx("127.0.0.1", port, directives);
  }

  private Peer nginx(String address, int port, String directives) throws Exception {
    Path config = directory.resolve(address + ".conf");
    Files.writeString(
        config,
        """
        daemon off;
        master_process off;
        pid %1$s/%4$s.pid;
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
            listen %4$s:%2$d ssl;
            ssl_certificate %1$s/chain.pem;
            ssl_certificate_key %1$s/key.pem;
            ssl_session_cache shared:sessions:1m;
            %3$s
            location / { return 200 "$ssl_protocol reused=$ssl_session_reused name=$ssl_server_name verify=$ssl_client_verify"; }
          }
        }
        """
            .formatted(directory, port, directives, address));
    Peer peer =
        new Peer(
            "/usr/sbin/nginx",
            "-e",
            directory + "/error.log",
            "-p",
            directory + "/",
            "-c",
            config.toString());
    Eventually.eventually("nginx accepts", () -> Peer.accepts(address, port));
    return peer;
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void sessionsWithMembersAreResumed(String version) throws Exception {
    int port = FreePort.one();
    try (Peer _ = nginx(port, "ssl_protocols " + version + ";")) {
      node.publishTo(port, tls(authority, TlsVersion.TLSv1_2), certificates);
      assertThat(get()).contains(version + " reused=. name=" + NAME);
      int resumed = 0;
      for (int i = 0; i < 5; i++) {
        resumed += get().contains("reused=r") ? 1 : 0;
      }
      assertThat(resumed).isEqualTo(5);
    }
  }

  /// Members of a pool show the same name on the same port, and know nothing of each other's sessions.
  @Test
  void eachMemberResumesItsOwn() throws Exception {
    int port = FreePort.one();
    Pool.PoolTls tls = tls(authority, TlsVersion.TLSv1_2);
    try (Peer _ = nginx("127.0.0.1", port, "");
        Peer _ = nginx("127.0.0.2", port, "")) {
      node.publishTo("fe1.contoso.local", port, tls, certificates);
      assertThat(get()).contains("reused=. name=" + NAME);
      node.publishTo("fe2.contoso.local", port, tls, certificates);
      assertThat(get()).contains("reused=. name=" + NAME);
      node.publishTo("fe1.contoso.local", port, tls, certificates);
      assertThat(get()).contains("reused=r name=" + NAME);
      node.publishTo("fe2.contoso.local", port, tls, certificates);
      assertThat(get()).contains("reused=r name=" + NAME);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TLSv1, TLSv1, 200",
    "TLSv1.1, TLSv1, 200",
    "TLSv1.1, TLSv1_2, 502",
    "TLSv1.2, TLSv1_3, 502"
  })
  void thePoolsFloorHolds(String version, TlsVersion floor, int status) throws Exception {
    int port = FreePort.one();
    try (Peer _ = nginx(port, "ssl_protocols " + version + "; ssl_ciphers ALL:@SECLEVEL=0;")) {
      node.publishTo(port, tls(authority, floor), certificates);
      assertThat(get()).contains("HTTP/1.1 " + status);
    }
  }

  @Test
  void aMemberThatAsksForACertificateGetsNoneAndServes() throws Exception {
    int port = FreePort.one();
    try (Peer _ = nginx(port, "ssl_verify_client optional_no_ca;")) {
      node.publishTo(port, tls(authority, TlsVersion.TLSv1_2), certificates);
      assertThat(get()).contains("HTTP/1.1 200").contains("verify=NONE");
    }
  }

  /// IIS asks for a client certificate by renegotiating in the middle of a request.
  @Test
  void aMemberThatRenegotiatesForACertificateGetsNoneAndServes() throws Exception {
    int port = FreePort.one();
    try (Peer member =
        new Peer(
            port,
            "openssl",
            "s_server",
            "-accept",
            "127.0.0.1:" + port,
            "-cert",
            directory.resolve("chain.pem").toString(),
            "-key",
            directory.resolve("key.pem").toString(),
            "-tls1_2",
            "-crlf")) {
      node.publishTo(port, tls(authority, TlsVersion.TLSv1_2), certificates);
      Callable<String> asking = this::get;
      FutureTask<String> answer = new FutureTask<>(asking);
      Thread.ofVirtual().start(answer);
      member.said("GET / HTTP/1.1");
      member.type("R\n");
      member.said("SSL_do_handshake -> 1");
      member.type("HTTP/1.1 200 OK\nContent-Length: 5\n\nquiet");
      assertThat(answer.get()).contains("HTTP/1.1 200 OK").contains("quiet");
    }
  }

  @Test
  void anotherAuthorityOrAnotherNameIsRefused() throws Exception {
    int port = FreePort.one();
    try (Peer _ = nginx(port, "")) {
      node.publishTo(port, tls(new TestAuthority("another CA"), TlsVersion.TLSv1_2), certificates);
      assertThat(get()).contains("HTTP/1.1 502").doesNotContain("reused");
      assertThat(node.counters.failures(Failure.MEMBER_TLS)).isEqualTo(1);
    }
    certify(authority.issue("fe1.contoso.local"));
    try (Peer _ = nginx(port, "")) {
      node.publishTo(port, tls(authority, TlsVersion.TLSv1_2), certificates);
      assertThat(get()).contains("HTTP/1.1 502").doesNotContain("reused");
    }
  }
}
