package io.portcullis.perf.staging;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate authority for a laboratory: the internal CA of a staging pool, or the public CA of a demonstration.
///
/// EC P-256 throughout. It lives in two files beside each other, `NAME.pem` and `NAME.key` (mode 0600), so that
/// restarted members keep the trust that a farm was given.
public final class LabAuthority {

  /// Long enough for a laboratory that is never looked after.
  private static final Duration CA_LIFE = Duration.ofDays(3650);

  /// What public CAs issue today; status screens then show a believable number of days left.
  private static final Duration LEAF_LIFE = Duration.ofDays(90);

  /// Clocks of laboratory machines disagree; a certificate from the future is refused.
  private static final Duration CLOCK_SKEW = Duration.ofHours(1);

  /// One intermediate, as public authorities have.
  private static final int MAX_INTERMEDIATES = 1;

  private final X509Certificate certificate;
  private final PrivateKey key;

  private LabAuthority(X509Certificate certificate, PrivateKey key) {
    this.certificate = certificate;
    this.key = key;
  }

  /// Opens `DIR/NAME.pem` and `DIR/NAME.key`, or makes them. Safe against another process doing the same.
  public static LabAuthority openOrCreate(Path directory, String name, String commonName)
      throws IOException, GeneralSecurityException {
    Files.createDirectories(directory);
    Path pem = directory.resolve(name + ".pem");
    Path keyFile = directory.resolve(name + ".key");
    try (FileChannel lockFile =
            FileChannel.open(
                directory.resolve("." + name + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        var _ = lockFile.lock()) {
      if (Files.exists(pem) && Files.exists(keyFile)) {
        return new LabAuthority(Pem.certificate(Files.readString(pem)), readKey(keyFile));
      }
      LabAuthority made = create(commonName);
      writePrivate(keyFile, Pem.encode("PRIVATE KEY", made.key.getEncoded()));
      Files.writeString(pem, made.certificatePem());
      return made;
    }
  }

  /// An authority that exists in memory only.
  public static LabAuthority create(String commonName) throws GeneralSecurityException {
    return create(commonName, newKey());
  }

  /// The same with an RSA key, as authorities have that issue certificates for RSA keys.
  public static LabAuthority createRsa(String commonName) throws GeneralSecurityException {
    return create(commonName, newRsaKey());
  }

  private static LabAuthority create(String commonName, KeyPair pair)
      throws GeneralSecurityException {
    X500Principal subject = new X500Principal("CN=" + commonName);
    return new LabAuthority(
        sign(
            subject,
            pair.getPrivate(),
            subject,
            pair,
            CA_LIFE,
            List.of(),
            KeyPurposeId.id_kp_serverAuth),
        pair.getPrivate());
  }

  /// An intermediate authority under this one, in memory only.
  public LabAuthority subordinate(String commonName) throws GeneralSecurityException {
    KeyPair pair = newKey();
    X509Certificate made =
        sign(
            certificate.getSubjectX500Principal(),
            key,
            new X500Principal("CN=" + commonName),
            pair,
            LEAF_LIFE,
            List.of(),
            KeyPurposeId.id_kp_serverAuth);
    return new LabAuthority(made, pair.getPrivate());
  }

  /// A server certificate for `names` with a new key; the first name is also the subject's CN.
  public ServerIdentity issue(List<String> names) throws GeneralSecurityException {
    return issue(names, LEAF_LIFE);
  }

  /// The same with an end of its own; a negative life ended already.
  public ServerIdentity issue(List<String> names, Duration life) throws GeneralSecurityException {
    return issue(names, life, KeyPurposeId.id_kp_serverAuth);
  }

  /// One that no server may show.
  ServerIdentity issueForClients(List<String> names) throws GeneralSecurityException {
    return issue(names, LEAF_LIFE, KeyPurposeId.id_kp_clientAuth);
  }

  /// With an RSA key of 2048 bits, as most public certificates have.
  public ServerIdentity issueRsa(List<String> names) throws GeneralSecurityException {
    return issue(names, LEAF_LIFE, KeyPurposeId.id_kp_serverAuth, newRsaKey());
  }

  private ServerIdentity issue(List<String> names, Duration life, KeyPurposeId usage)
      throws GeneralSecurityException {
    return issue(names, life, usage, newKey());
  }

  private ServerIdentity issue(List<String> names, Duration life, KeyPurposeId usage, KeyPair pair)
      throws GeneralSecurityException {
    X500Principal subject = new X500Principal("CN=" + names.getFirst());
    X509Certificate leaf =
        sign(certificate.getSubjectX500Principal(), key, subject, pair, life, names, usage);
    return new ServerIdentity(leaf, certificate, pair.getPrivate());
  }

  public X509Certificate certificate() {
    return certificate;
  }

  public String certificatePem() throws GeneralSecurityException {
    return Pem.encode("CERTIFICATE", certificate.getEncoded());
  }

  /// Writes a file that only its owner may read, whole or not at all.
  public static void writePrivate(Path file, String text) throws IOException {
    FileAttribute<?> ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    Files.createFile(part, ownerOnly);
    Files.writeString(part, text);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// @param names subject alternative names of a server; none makes a CA
  /// @param usage of a server's certificate; a CA's has none
  private static X509Certificate sign(
      X500Principal issuer,
      PrivateKey issuerKey,
      X500Principal subject,
      KeyPair pair,
      Duration life,
      List<String> names,
      KeyPurposeId usage)
      throws GeneralSecurityException {
    Instant now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            new BigInteger(127, new SecureRandom()).setBit(126),
            Date.from(now.minus(life.isNegative() ? LEAF_LIFE : CLOCK_SKEW)),
            Date.from(now.plus(life)),
            subject,
            pair.getPublic());
    boolean ca = names.isEmpty();
    try {
      var ids = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(pair.getPublic()));
      builder.addExtension(
          Extension.basicConstraints,
          true,
          ca ? new BasicConstraints(MAX_INTERMEDIATES) : new BasicConstraints(false));
      builder.addExtension(
          Extension.keyUsage,
          true,
          new KeyUsage(ca ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature));
      if (!ca) {
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(usage));
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                names.stream()
                    .map(name -> new GeneralName(GeneralName.dNSName, name))
                    .toArray(GeneralName[]::new)));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder(
                          issuerKey.getAlgorithm().equals("RSA")
                              ? "SHA256withRSA"
                              : "SHA256withECDSA")
                      .build(issuerKey)));
    } catch (OperatorCreationException | CertIOException e) {
      throw new GeneralSecurityException("cannot sign " + subject.getName(), e);
    }
  }

  private static KeyPair newKey() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static KeyPair newRsaKey() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  private static PrivateKey readKey(Path file) throws IOException, GeneralSecurityException {
    return KeyFactory.getInstance("EC")
        .generatePrivate(new PKCS8EncodedKeySpec(Pem.decode(Files.readString(file))));
  }

  /// The little PEM that is needed here (RFC 7468).
  static final class Pem {
    private Pem() {}

    static String encode(String label, byte[] der) {
      String body =
          Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
      return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, body, label);
    }

    static byte[] decode(String pem) {
      return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    }

    static X509Certificate certificate(String pem) throws GeneralSecurityException {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(decode(pem)));
    }
  }
}
