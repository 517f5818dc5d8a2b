package io.portcullis.farm.identity;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/// The farm's own certificate authority: who holds a certificate of it belongs to the farm, in the role its OU says.
///
/// Only a coordinator has one, in `authority/` of its state directory: `ca.pem`, and `ca.key` of mode 0600.
public final class FarmAuthority {
  static final String CURVE = "secp256r1";
  static final String SIGNATURE = "SHA256withECDSA";

  /// A CSR for a P-256 key is under a kilobyte.
  private static final int MAX_CSR_CHARACTERS = 8 << 10;

  private static final int P256_BITS = 256;

  private final String farm;
  private final X509Certificate certificate;
  private final PrivateKey key;
  private final InstantSource clock;

  private FarmAuthority(
      String farm, X509Certificate certificate, PrivateKey key, InstantSource clock) {
    this.farm = farm;
    this.certificate = certificate;
    this.key = key;
    this.clock = clock;
  }

  /// Loads the authority of `directory`, or founds one.
  ///
  /// @throws IOException if the directory holds the authority of another farm, or half of one
  public static FarmAuthority open(Path directory, String farm, InstantSource clock)
      throws IOException, GeneralSecurityException {
    Path chain = directory.resolve("ca.pem");
    if (Files.exists(chain)) {
      return load(directory, farm, clock);
    }
    SecretFiles.directory(directory);
    KeyPair pair = KeyRequest.pair();
    X509Certificate ca =
        new CertificateForm(farm, clock.instant()).authority(pair.getPublic(), pair.getPrivate());
    SecretFiles.write(directory.resolve("ca.key"), KeyRequest.keyPem(pair));
    SecretFiles.write(chain, Pem.of("CERTIFICATE", ca.getEncoded()));
    return new FarmAuthority(farm, ca, pair.getPrivate(), clock);
  }

  /// Makes `directory` hold the authority that another coordinator handed over.
  ///
  /// @param keyPem as [#keyPem] gave it
  /// @throws IOException if the directory holds another authority
  public static void adopt(Path directory, String certificatePem, String keyPem)
      throws IOException {
    Path chain = directory.resolve("ca.pem");
    if (Files.exists(chain) && !Files.readString(chain).equals(certificatePem)) {
      throw new IOException(directory + " holds the authority of another farm already");
    }
    SecretFiles.directory(directory);
    SecretFiles.write(directory.resolve("ca.key"), keyPem);
    SecretFiles.write(chain, certificatePem);
  }

  private static FarmAuthority load(Path directory, String farm, InstantSource clock)
      throws IOException, GeneralSecurityException {
    X509Certificate ca = Certificates.parse(Files.readString(directory.resolve("ca.pem")));
    String owner = Certificates.organization(ca);
    if (!owner.equals(farm)) {
      throw new IOException(
          "%s belongs to farm \"%s\", not to \"%s\": start with --farm %s or name another --state"
              .formatted(directory.getParent(), owner, farm, owner));
    }
    Path keyFile = directory.resolve("ca.key");
    return new FarmAuthority(farm, ca, key(Files.readString(keyFile), keyFile.toString()), clock);
  }

  private static PrivateKey key(String text, String name) throws IOException {
    try (PEMParser pem = new PEMParser(new StringReader(text))) {
      if (pem.readObject() instanceof PrivateKeyInfo info) {
        return new JcaPEMKeyConverter().getPrivateKey(info);
      }
    }
    throw new IOException(name + " holds no PKCS #8 private key: restore it from a backup");
  }

  /// That these two are the authority of `farm`.
  ///
  /// @throws IOException if they are not
  public static void require(String farm, String certificatePem, String keyPem)
      throws IOException, GeneralSecurityException {
    X509Certificate ca = Certificates.parse(certificatePem);
    PrivateKey key = key(keyPem, "the authority's key");
    if (!Certificates.organization(ca).equals(farm)) {
      throw new IOException("its CA is not that of farm " + farm);
    }
    KeyPair pair = KeyRequest.pair();
    X509Certificate probe =
        new CertificateForm(farm, Instant.now())
            .leaf(ca, key, pair.getPublic(), Role.NODE, "probe", List.of());
    try {
      probe.verify(ca.getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new IOException("the CA and its key do not belong together", e);
    }
  }

  public String farm() {
    return farm;
  }

  public X509Certificate certificate() {
    return certificate;
  }

  public String certificatePem() throws GeneralSecurityException {
    return Pem.of("CERTIFICATE", certificate.getEncoded());
  }

  /// What makes another coordinator as good as this one. It leaves this process only towards who holds a coordinator's token.
  public String keyPem() {
    return Pem.of("PRIVATE KEY", key.getEncoded());
  }

  public String fingerprint() throws GeneralSecurityException {
    return Certificates.fingerprint(certificate);
  }

  /// Certifies the key of a request. Name and role are the farm's decision; whatever the request says about itself is ignored.
  ///
  /// @return PEM, leaf only
  /// @throws InvalidRequest if the request is not well-formed, not signed by its key, or not for EC P-256
  public String issue(String csrPem, Role role, String id, List<String> hosts)
      throws GeneralSecurityException, InvalidRequest {
    return issue(requestedKey(csrPem), role, id, hosts);
  }

  /// A new identity with a key made here: for the coordinator itself and its first operator.
  public IdentityFile identity(Role role, String id, List<String> hosts, List<String> coordinators)
      throws GeneralSecurityException {
    KeyPair pair = KeyRequest.pair();
    return new IdentityFile(
        farm,
        id,
        coordinators,
        KeyRequest.keyPem(pair),
        issue(pair.getPublic(), role, id, hosts),
        certificatePem());
  }

  private String issue(PublicKey subjectKey, Role role, String id, List<String> hosts)
      throws GeneralSecurityException {
    Instant now = clock.instant();
    X509Certificate leaf =
        new CertificateForm(farm, now).leaf(certificate, key, subjectKey, role, id, hosts);
    return Pem.of("CERTIFICATE", leaf.getEncoded());
  }

  /// Whether [#issue] would certify this request, before anything is spent on it.
  public void check(String csrPem) throws InvalidRequest {
    requestedKey(csrPem);
  }

  private static PublicKey requestedKey(String csrPem) throws InvalidRequest {
    if (csrPem.length() > MAX_CSR_CHARACTERS) {
      throw new InvalidRequest("the certificate request is longer than any for EC P-256");
    }
    try (PEMParser pem = new PEMParser(new StringReader(csrPem))) {
      if (!(pem.readObject() instanceof PKCS10CertificationRequest request)) {
        throw new InvalidRequest("there is no PEM certificate request");
      }
      PublicKey key = new JcaPKCS10CertificationRequest(request).getPublicKey();
      if (!(key instanceof ECPublicKey ec)
          || ec.getParams().getCurve().getField().getFieldSize() != P256_BITS) {
        throw new InvalidRequest("the certificate request is not for an EC P-256 key");
      }
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw new InvalidRequest("the certificate request is not signed by its own key");
      }
      return key;
    } catch (IOException
        | GeneralSecurityException
        | OperatorCreationException
        | PKCSException
        | RuntimeException e) {
      throw new InvalidRequest("the certificate request cannot be read");
    }
  }

  /// A certificate request that no identity is issued for.
  public static final class InvalidRequest extends Exception {
    InvalidRequest(String message) {
      super(message);
    }
  }
}
