package io.portcullis.farm.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// Who somebody is in a farm, in one file of mode 0600: a few words for people, then PEM (PKCS #8 key, leaf, farm CA).
///
/// ```
/// farm: contoso-edge
/// id: operator-1
/// coordinators: 10.0.0.5:9443
/// -----BEGIN PRIVATE KEY----- ...
/// -----BEGIN CERTIFICATE----- ...   (leaf)
/// -----BEGIN CERTIFICATE----- ...   (farm CA)
/// ```
///
/// Roles are the certificate's OU: `coordinator`, `node`, `viewer`, `operator`, `administrator`; CN is the id, O the farm. Farm processes know each
/// other by CA and role, not by host name: addresses change, roles do not.
///
/// @param coordinators `host:port` of the admin API, tried in order
/// @param keyPem PKCS #8, EC P-256
public record IdentityFile(
    String farm,
    String id,
    List<String> coordinators,
    String keyPem,
    String certificatePem,
    String caPem) {

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ([A-Z ]+)-----[^-]+-----END \\1-----", Pattern.DOTALL);

  public IdentityFile {
    coordinators = List.copyOf(coordinators);
  }

  public static IdentityFile read(Path file) throws IOException {
    return parse(Files.readString(file), file.toString());
  }

  /// @param name where the text came from, for the error
  /// @throws IOException if a word or a PEM block is missing, naming which
  public static IdentityFile parse(String text, String name) throws IOException {
    List<String> keys = new ArrayList<>();
    List<String> certificates = new ArrayList<>();
    Matcher blocks = PEM.matcher(text);
    while (blocks.find()) {
      (blocks.group(1).equals("PRIVATE KEY") ? keys : certificates).add(blocks.group() + "\n");
    }
    if (keys.size() != 1 || certificates.size() < 2) {
      throw new IOException(
          name + " is not an identity file: it needs one PRIVATE KEY and two CERTIFICATE blocks");
    }
    return new IdentityFile(
        word(text, "farm", name),
        word(text, "id", name),
        List.of(word(text, "coordinators", name).split("\\s*,\\s*")),
        keys.getFirst(),
        certificates.getFirst(),
        certificates.getLast());
  }

  private static String word(String text, String key, String name) throws IOException {
    Matcher line =
        Pattern.compile("^" + key + ":\\s*(\\S.*?)\\s*$", Pattern.MULTILINE).matcher(text);
    if (!line.find()) {
      throw new IOException(
          name + " is not an identity file: the line \"" + key + ": ...\" is missing");
    }
    return line.group(1);
  }

  public String render() {
    return "farm: %s\nid: %s\ncoordinators: %s\n%s%s%s"
        .formatted(farm, id, String.join(",", coordinators), keyPem, certificatePem, caPem);
  }

  /// Writes whole or not at all, readable by the owner only.
  public void write(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path part = absolute.resolveSibling(absolute.getFileName() + ".part");
    Files.deleteIfExists(part);
    Files.createFile(
        part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(part, render());
    Files.move(part, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  public X509Certificate certificate() throws GeneralSecurityException {
    return certificate(certificatePem);
  }

  public X509Certificate caCertificate() throws GeneralSecurityException {
    return certificate(caPem);
  }

  /// TLS as this identity, towards peers whose certificate this farm's CA issued for one of `peerRoles`.
  public SSLContext sslContext(Set<String> peerRoles) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "identity", privateKey(), new char[0], new Certificate[] {certificate(), caCertificate()});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        keys.getKeyManagers(),
        new TrustManager[] {new FarmPeers(caCertificate(), peerRoles)},
        null);
    return context;
  }

  public PrivateKey privateKey() throws GeneralSecurityException {
    String body = keyPem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    return KeyFactory.getInstance("EC")
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
  }

  private static X509Certificate certificate(String pem) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  /// The OU of a farm certificate, a [Role]'s word; empty if there is none.
  /// When a certificate was signed: it is valid from a day before.
  public static Instant issuedAt(X509Certificate certificate) {
    return certificate.getNotBefore().toInstant().plus(CertificateForm.CLOCK_SKEW);
  }

  public static String roleOf(X509Certificate certificate) {
    Matcher unit =
        Pattern.compile("(?:^|,)OU=([^,]+)")
            .matcher(certificate.getSubjectX500Principal().getName());
    return unit.find() ? unit.group(1) : "";
  }

  /// The CN of a farm certificate: the id of a node, coordinator or operator; empty if there is none.
  public static String idOf(X509Certificate certificate) {
    Matcher name =
        Pattern.compile("(?:^|,)CN=([^,]+)")
            .matcher(certificate.getSubjectX500Principal().getName());
    return name.find() ? name.group(1) : "";
  }

  /// Trusts what the farm CA issued for the given roles, and nothing else.
  private static final class FarmPeers extends X509ExtendedTrustManager {
    private final X509Certificate ca;
    private final Set<String> roles;

    FarmPeers(X509Certificate ca, Set<String> roles) {
      this.ca = ca;
      this.roles = Set.copyOf(roles);
    }

    private void check(X509Certificate[] chain) throws CertificateException {
      try {
        X509Certificate leaf = chain[0];
        PKIXParameters trust = new PKIXParameters(Set.of(new TrustAnchor(ca, null)));
        trust.setRevocationEnabled(false);
        CertificateFactory x509 = CertificateFactory.getInstance("X.509");
        java.security.cert.CertPathValidator.getInstance("PKIX")
            .validate(x509.generateCertPath(List.of(leaf)), trust);
        if (!roles.contains(roleOf(leaf))) {
          throw new CertificateException(
              "certificate of role \"" + roleOf(leaf) + "\" where one of " + roles + " is needed");
        }
      } catch (CertificateException e) {
        throw e;
      } catch (GeneralSecurityException e) {
        throw new CertificateException("not a certificate of this farm: " + e.getMessage(), e);
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[] {ca};
    }
  }
}
