package io.portcullis.farm.identity;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/// The farm's own certificate authority: who holds a certificate of it belongs to the farm, in the role its OU says.
///
/// Only a coordinator has one, in `authority/` of its state directory ([AuthorityFiles]), every file of mode 0600. While the farm goes over to
/// another CA there are two; one of them signs, both are trusted.
public final class FarmAuthority {
  static final String CURVE = "secp256r1";
  static final String SIGNATURE = "SHA256withECDSA";

  /// A CSR for a P-256 key is under a kilobyte.
  private static final int MAX_CSR_CHARACTERS = 8 << 10;

  private static final int P256_BITS = 256;

  /// A farm's CAs follow each other in years; two alike in 32 bits are not worth a thought.
  private static final int MARK_BYTES = 4;

  private final String farm;
  private final AuthorityFiles files;
  private final InstantSource clock;
  private volatile Standing standing;

  /// @param next null unless the farm goes over to another CA
  /// @param nextIssues whether that one signs already
  private record Standing(Signer current, @Nullable Signer next, boolean nextIssues) {
    Signer issuing() {
      return next != null && nextIssues ? next : current;
    }

    /// Trusted as well, and signing nothing: the next one before its turn, the old one after it.
    @Nullable Signer other() {
      return nextIssues ? current : next;
    }
  }

  private FarmAuthority(String farm, AuthorityFiles files, Standing standing, InstantSource clock) {
    this.farm = farm;
    this.files = files;
    this.standing = standing;
    this.clock = clock;
  }

  /// Loads the authority of `directory`, or founds one.
  ///
  /// @throws IOException if the directory holds the authority of another farm, or half of one
  public static FarmAuthority open(Path directory, String farm, InstantSource clock)
      throws IOException, GeneralSecurityException {
    AuthorityFiles files = new AuthorityFiles(directory);
    if (files.isEmpty()) {
      Signer first = Signer.found(farm, clock.instant(), "");
      files.writeCurrent(first.certificatePem(), first.keyPem());
      return new FarmAuthority(farm, files, new Standing(first, null, false), clock);
    }
    requireFarm(directory, farm);
    Standing read =
        new Standing(files.current(farm), files.next(farm).orElse(null), files.nextIssues());
    return new FarmAuthority(farm, files, read, clock);
  }

  private static void requireFarm(Path directory, String farm)
      throws IOException, GeneralSecurityException {
    String owner =
        Certificates.organization(
            Certificates.parse(Files.readString(directory.resolve("ca.pem"))));
    if (!owner.equals(farm)) {
      throw new IOException(
          "%s belongs to farm \"%s\", not to \"%s\": start with --farm %s or name another --state"
              .formatted(directory.getParent(), owner, farm, owner));
    }
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
    new AuthorityFiles(directory).writeCurrent(certificatePem, keyPem);
  }

  /// As [#adopt], of an authority to which the farm was going over.
  ///
  /// @param issues whether it signs already
  public static void adoptNext(Path directory, String certificatePem, String keyPem, boolean issues)
      throws IOException {
    AuthorityFiles files = new AuthorityFiles(directory);
    files.writeNext(certificatePem, keyPem);
    if (issues) {
      files.letNextIssue();
    }
  }

  /// That these two are an authority of `farm`.
  ///
  /// @throws IOException if they are not
  public static void require(String farm, String certificatePem, String keyPem)
      throws IOException, GeneralSecurityException {
    Signer _ = Signer.read(farm, certificatePem, keyPem, "the authority's key");
  }

  public String farm() {
    return farm;
  }

  /// The CA that signs.
  public X509Certificate certificate() {
    return standing.issuing().certificate();
  }

  public String certificatePem() throws GeneralSecurityException {
    return standing.issuing().certificatePem();
  }

  /// Whom the farm trusts: the CA that signs, and beside it the next one or the one before.
  public String trustedPem() throws GeneralSecurityException {
    Standing now = standing;
    Signer other = now.other();
    return now.issuing().certificatePem() + (other == null ? "" : other.certificatePem());
  }

  /// What makes another coordinator as good as this one. It leaves this process only towards who holds a coordinator's token.
  public String keyPem() {
    return standing.issuing().keyPem();
  }

  public String fingerprint() throws GeneralSecurityException {
    return Certificates.fingerprint(certificate());
  }

  /// A CA with its key, as a backup or the farm's store has it.
  public record Pair(String certificatePem, String keyPem) {
    @Override
    public String toString() {
      return "Pair[hidden]";
    }
  }

  /// The one before the next.
  public Pair current() throws GeneralSecurityException {
    Signer current = standing.current();
    return new Pair(current.certificatePem(), current.keyPem());
  }

  /// The one that the farm goes over to.
  public Optional<Pair> next() throws GeneralSecurityException {
    Signer next = standing.next();
    return next == null
        ? Optional.empty()
        : Optional.of(new Pair(next.certificatePem(), next.keyPem()));
  }

  public boolean nextIssues() {
    return standing.nextIssues();
  }

  /// Another CA for the same farm, with a name of its own.
  public Pair anotherOne() throws GeneralSecurityException {
    byte[] mark = new byte[MARK_BYTES];
    new SecureRandom().nextBytes(mark);
    Signer made = Signer.found(farm, clock.instant(), " " + HexFormat.of().formatHex(mark));
    return new Pair(made.certificatePem(), made.keyPem());
  }

  /// Keeps the CA that the farm goes over to; it signs nothing yet.
  public void hold(Pair next) throws IOException, GeneralSecurityException {
    Signer signer = Signer.read(farm, next.certificatePem(), next.keyPem(), "the next CA's key");
    files.writeNext(next.certificatePem(), next.keyPem());
    standing = new Standing(standing.current(), signer, false);
  }

  /// From now on the next CA signs.
  public void letNextIssue() throws IOException {
    Standing now = standing;
    if (now.next() != null && !now.nextIssues()) {
      files.letNextIssue();
      standing = new Standing(now.current(), now.next(), true);
    }
  }

  /// Forgets the CA before the next one.
  public void settle() throws IOException {
    Signer next = standing.next();
    if (next != null) {
      files.settle();
      standing = new Standing(next, null, false);
    }
  }

  /// What coordinators show beside the new CA while some know only the one before; empty otherwise.
  private String vouchingPem() throws GeneralSecurityException {
    Standing now = standing;
    Signer next = now.next();
    if (next == null || !now.nextIssues()) {
      return "";
    }
    X509Certificate vouched =
        new CertificateForm(farm, clock.instant())
            .vouching(next.certificate(), now.current().certificate(), now.current().key());
    return Pem.of("CERTIFICATE", vouched.getEncoded());
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
        (role == Role.COORDINATOR ? vouchingPem() : "") + trustedPem());
  }

  private String issue(PublicKey subjectKey, Role role, String id, List<String> hosts)
      throws GeneralSecurityException {
    Instant now = clock.instant();
    Signer signer = standing.issuing();
    X509Certificate leaf =
        new CertificateForm(farm, now)
            .leaf(signer.certificate(), signer.key(), subjectKey, role, id, hosts);
    return Pem.of("CERTIFICATE", leaf.getEncoded());
  }

  /// The key that [#issue] would certify, so that a request it would refuse is refused before anything is spent on it.
  ///
  /// @return the SHA-256 of its SubjectPublicKeyInfo, in hex
  public static String keyOf(String csrPem) throws InvalidRequest, GeneralSecurityException {
    byte[] key = requestedKey(csrPem).getEncoded();
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key));
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
