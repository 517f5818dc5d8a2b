package io.portcullis.proxy.journey;

import io.portcullis.proxy.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A farm document in a directory, with the files it names: one pool, three rules.
final class FileFarm {

  private final Path directory;
  final TestAuthority publicCa = new TestAuthority("public CA");
  final TestAuthority poolCa = new TestAuthority("pool CA");
  final String key;

  FileFarm(Path directory) throws IOException {
    this.directory = directory;
    TestAuthority.Issued issued = publicCa.issue("webext.contoso.com", "meet.contoso.com");
    key = issued.key();
    write("chain.pem", issued.chain() + publicCa.certificate());
    write("key.pem", key);
    write("public-ca.pem", publicCa.certificate());
    write("pool-ca.pem", poolCa.certificate());
  }

  void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  Nginx pool() throws IOException {
    return new Nginx(directory.resolve("nginx"), "pool01.contoso.local", poolCa);
  }

  Path document(String publicName, int httpsPort, int httpPort) throws IOException {
    write(
        "farm.yaml",
        """
        farm: contoso-edge
        listeners:
          - {name: https, bind: "127.0.0.1:0", tls: {certificates: [contoso], minVersion: TLSv1.2}}
          - {name: http, bind: "127.0.0.1:0"}
        certificates:
          - {name: contoso, chainFile: chain.pem, keyFile: key.pem}
        pools:
          - name: pool01
            members: [{host: fe1.contoso.local, address: 127.0.0.1}]
            bridging: {https: %d, http: %d}
            tls: {serverName: pool01.contoso.local, trustFile: pool-ca.pem}
            health: {get: /health, expect: 200, interval: 1s}
        rules:
          - {name: web, listener: https, publicNames: [%s], paths: [/], deny: [/cscp], pool: pool01}
          - {name: discover, listener: http, publicNames: [lyncdiscover.contoso.com], paths: [/], pool: pool01}
          - {name: to-https, listener: http, publicNames: ["*"], paths: [/], redirect: https}
        """
            .formatted(httpsPort, httpPort, publicName));
    return directory.resolve("farm.yaml");
  }

  Path document(String publicName, Nginx nginx) throws IOException {
    return document(publicName, nginx.httpsPort(), nginx.httpPort());
  }

  static Path edit(Path file, String from, String to) throws IOException {
    Files.writeString(file, Files.readString(file).replace(from, to));
    return file;
  }
}
