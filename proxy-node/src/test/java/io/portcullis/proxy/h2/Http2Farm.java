package io.portcullis.proxy.h2;

import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.PublishingRule.Action;
import io.portcullis.farm.model.TlsVersion;
import io.portcullis.proxy.TestAuthority;
import io.portcullis.proxy.TestConfig;
import io.portcullis.proxy.TestKeys;
import io.portcullis.proxy.tls.TlsNode;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A node that offers HTTP/2 for one name, and not for another on the same certificate, in front of a member that records.
final class Http2Farm implements Closeable {

  static final String NAME = "web.contoso.com";
  static final String LYNC = "lync.contoso.com";

  final TlsNode node;
  final RecordingMember member;
  final TestAuthority authority = new TestAuthority("CA");
  private final TrustManagerFactory trusts =
      TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());

  Http2Farm(UnaryOperator<String> answers) throws Exception {
    this(answers, new TlsNode());
  }

  Http2Farm(UnaryOperator<String> answers, TlsNode node) throws Exception {
    this.node = node;
    member = new RecordingMember(TestKeys.serverContext(authority.issue("pool01.local")), answers);
    Map<String, TestAuthority.Issued> certificates =
        Map.of("web", authority.issue(NAME, LYNC, "localhost"));
    TestConfig config =
        TlsNode.config(TlsVersion.TLSv1_2, certificates)
            .rule("web", TlsNode.LISTENER, NAME, new Action.ToPool("pool01"))
            .rule("localhost", TlsNode.LISTENER, "localhost", new Action.ToPool("pool01"))
            .overHttp2()
            .rule("lync", TlsNode.LISTENER, LYNC, new Action.ToPool("pool01"));
    config.pools.add(
        TestConfig.sharedPool(
            "pool01",
            new Pool.Bridging(member.port(), 0),
            new Pool.PoolTls("pool01.local", null, authority.certificate(), TlsVersion.TLSv1_2),
            TestConfig.member("fe1.contoso.local", null, 1)));
    node.publish(config, certificates);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry(
        "ca",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(
                    authority.certificate().getBytes(StandardCharsets.US_ASCII))));
    trusts.init(store);
  }

  /// A new one each time: the JDK resumes by address, with the server name of the session it resumes.
  SSLContext trust() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trusts.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String hello(String request) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
        + (request.startsWith("HEAD ") ? "" : "hello");
  }

  /// Connected and greeted.
  Http2Client client() throws IOException {
    return new Http2Client(node.address(), trust(), NAME, "h2").greet();
  }

  static List<String> get(String path) {
    return List.of(":method: GET", ":scheme: https", ":authority: " + NAME, ":path: " + path);
  }

  @Override
  public void close() throws IOException {
    node.close();
    member.close();
  }
}
