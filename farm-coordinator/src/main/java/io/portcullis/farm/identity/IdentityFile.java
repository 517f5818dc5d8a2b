package io.portcullis.farm.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
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
import javax.net.ssl.TrustManager;

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
/// @param caPem the farm's CA; while the farm goes over to another, both, the leaf's first, and before them what the old one signed to
///     vouch for the new one
/// @param former fingerprints of CAs that were the farm's: not trusted, but join tokens of theirs were tokens of this farm
public record IdentityFile(
    String farm,
    String id,
    List<String> coordinators,
    String keyPem,
    String certificatePem,
    String caPem,
    List<String> former) {

  /// Rotations are rare; an unbounded line would be a loop gone wild.
  private static final int MOST_FORMER = 20;

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ([A-Z ]+)-----[^-]+-----END \\1-----", Pattern.DOTALL);

  private static final Pattern FORMER = Pattern.compile("^former: (\\S+)$", Pattern.MULTILINE);

  public IdentityFile {
    coordinators = List.copyOf(coordinators);
    former = List.copyOf(former);
  }

  /// Of a farm that has had one CA.
  public IdentityFile(
      String farm,
      String id,
      List<String> coordinators,
      String keyPem,
      String certificatePem,
      String caPem) {
    this(farm, id, coordinators, keyPem, certificatePem, caPem, List.of());
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
        String.join("", certificates.subList(1, certificates.size())),
        former(text));
  }

  private static List<String> former(String text) {
    Matcher line = FORMER.matcher(text);
    return line.find() ? List.of(line.group(1).split(",")) : List.of();
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
    String past = former.isEmpty() ? "" : "former: " + String.join(",", former) + "\n";
    return "farm: %s\nid: %s\ncoordinators: %s\n%s%s%s%s"
        .formatted(farm, id, String.join(",", coordinators), past, keyPem, certificatePem, caPem);
  }

  /// Writes whole or not at all, readable by the owner only, and on the disk before it counts: the token it cost is used up.
  public void write(Path file) throws IOException {
    SecretFiles.write(file, render());
  }

  public X509Certificate certificate() throws GeneralSecurityException {
    return certificate(certificatePem);
  }

  /// The CA that issued this identity.
  public X509Certificate caCertificate() throws GeneralSecurityException {
    return trust().authorities().getFirst();
  }

  /// Whom it trusts.
  public FarmTrust trust() throws GeneralSecurityException {
    return FarmTrust.of(caPem);
  }

  /// Whether the authority of `pem` signed the leaf.
  public boolean isIssuedBy(String pem) throws GeneralSecurityException {
    return FarmTrust.of(pem).issued(certificate());
  }

  /// Whether a token of the CA with this fingerprint is, or was, of this identity's farm.
  public boolean knows(String fingerprint) throws GeneralSecurityException {
    if (former.contains(fingerprint)) {
      return true;
    }
    for (X509Certificate authority : trust().authorities()) {
      if (Certificates.fingerprint(authority).equals(fingerprint)) {
        return true;
      }
    }
    return false;
  }

  /// The same identity under another key and certificate.
  public IdentityFile renewed(String key, String leaf) {
    return new IdentityFile(farm, id, coordinators, key, leaf, caPem, former);
  }

  /// The same identity that trusts these from now on; who is dropped is remembered as former.
  ///
  /// @param authorities the leaf's first
  public IdentityFile trusting(String authorities) throws GeneralSecurityException {
    List<String> past = new ArrayList<>(former);
    FarmTrust next = FarmTrust.of(authorities);
    for (X509Certificate known : trust().authorities()) {
      String print = Certificates.fingerprint(known);
      if (!next.authorities().contains(known) && !past.contains(print)) {
        past.add(print);
      }
    }
    for (X509Certificate known : next.authorities()) {
      past.remove(Certificates.fingerprint(known));
    }
    List<String> kept = past.subList(Math.max(0, past.size() - MOST_FORMER), past.size());
    return new IdentityFile(farm, id, coordinators, keyPem, certificatePem, authorities, kept);
  }

  /// The same identity, told other addresses of the admin API.
  public IdentityFile at(List<String> addresses) {
    return new IdentityFile(farm, id, addresses, keyPem, certificatePem, caPem, former);
  }

  /// TLS as this identity, towards peers whose certificate this farm's CA issued for one of `peerRoles`.
  public SSLContext sslContext(Set<String> peerRoles) throws GeneralSecurityException, IOException {
    return sslContext(trust().peers(peerRoles));
  }

  /// TLS as this identity, towards peers that `trust` takes.
  public SSLContext sslContext(TrustManager trust) throws GeneralSecurityException, IOException {
    // Not PKCS #12, which takes no chain that leads to two authorities.
    KeyStore store = KeyStore.getInstance("JKS");
    store.load(null, null);
    store.setKeyEntry("identity", privateKey(), new char[0], shown());
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), new TrustManager[] {trust}, null);
    return context;
  }

  /// Leaf, what vouches for a new CA, and last the CA, by whose fingerprint joiners know the farm.
  private Certificate[] shown() throws GeneralSecurityException {
    List<Certificate> chain = new ArrayList<>(List.of(certificate()));
    Certificates.chain(caPem).stream()
        .filter(one -> !FarmTrust.isAuthority(one))
        .forEach(chain::add);
    chain.add(caCertificate());
    return chain.toArray(Certificate[]::new);
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

  /// When a certificate was signed: it is valid from a day before.
  public static Instant issuedAt(X509Certificate certificate) {
    return certificate.getNotBefore().toInstant().plus(CertificateForm.CLOCK_SKEW);
  }

  /// The OU of a farm certificate, a [Role]'s word; empty if there is none.
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
}
