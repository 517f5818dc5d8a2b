package io.portcullis.farm.identity;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

/// How the certificates of a farm look (RFC 5280).
///
/// Only a coordinator's certificate names hosts. Everybody else's names `<role>.invalid` (RFC 2606), so that a client that
/// verifies host names, as ZooKeeper's does, can take a node's certificate for no server at all.
record CertificateForm(String farm, Instant now) {
  /// The CA outlives the appliances.
  private static final Duration AUTHORITY_VALIDITY = Duration.ofDays(20 * 365);

  /// As long as the longest-lived identity of the old CA could need it.
  private static final Duration VOUCHING_VALIDITY = Duration.ofDays(366);

  /// A fresh machine's clock may run behind by a time zone that was never set; it must still know its own farm.
  static final Duration CLOCK_SKEW = Duration.ofDays(1);

  /// RFC 5280 §4.1.2.2 allows 20 octets; 128 random bits cannot be guessed or repeated.
  private static final int SERIAL_BITS = 128;

  CertificateForm {
    Names.require("farm", farm);
  }

  /// @param suffix tells a farm's later CA from the one before: whoever trusts both looks for them by name
  X509Certificate authority(PublicKey key, PrivateKey signer, String suffix)
      throws GeneralSecurityException {
    X500Name name =
        new X500NameBuilder(BCStyle.INSTANCE)
            .addRDN(BCStyle.O, farm)
            .addRDN(BCStyle.CN, farm + " farm CA" + suffix)
            .build();
    return authority(name, key, name, signer, AUTHORITY_VALIDITY);
  }

  /// What `known` signs to vouch for the authority that comes after it: whoever trusts only the old one finds the way to the new one.
  X509Certificate vouching(X509Certificate next, X509Certificate known, PrivateKey signer)
      throws GeneralSecurityException {
    return authority(
        X500Name.getInstance(next.getSubjectX500Principal().getEncoded()),
        next.getPublicKey(),
        X500Name.getInstance(known.getSubjectX500Principal().getEncoded()),
        signer,
        VOUCHING_VALIDITY);
  }

  private X509Certificate authority(
      X500Name name, PublicKey key, X500Name issuer, PrivateKey signer, Duration validity)
      throws GeneralSecurityException {
    try {
      X509v3CertificateBuilder form =
          new JcaX509v3CertificateBuilder(
                  issuer, serial(), begin(), Date.from(now.plus(validity)), name, key)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
              .addExtension(
                  Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
              .addExtension(
                  Extension.subjectKeyIdentifier,
                  false,
                  new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
      return sign(form, signer);
    } catch (CertIOException e) {
      throw new GeneralSecurityException(e);
    }
  }

  X509Certificate leaf(
      X509Certificate authority,
      PrivateKey signer,
      PublicKey key,
      Role role,
      String id,
      List<String> hosts)
      throws GeneralSecurityException {
    X500Name subject =
        new X500NameBuilder(BCStyle.INSTANCE)
            .addRDN(BCStyle.O, farm)
            .addRDN(BCStyle.OU, role.word())
            .addRDN(BCStyle.CN, Names.require(role.word(), id))
            .build();
    X500Name issuer = X500Name.getInstance(authority.getSubjectX500Principal().getEncoded());
    JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
    try {
      X509v3CertificateBuilder form =
          new JcaX509v3CertificateBuilder(
                  issuer, serial(), begin(), Date.from(now.plus(role.validity())), subject, key)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(
                      new KeyPurposeId[] {
                        KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth
                      }))
              .addExtension(Extension.subjectAlternativeName, false, names(role, hosts))
              .addExtension(
                  Extension.authorityKeyIdentifier,
                  false,
                  extensions.createAuthorityKeyIdentifier(authority));
      return sign(form, signer);
    } catch (CertIOException e) {
      throw new GeneralSecurityException(e);
    }
  }

  private static GeneralNames names(Role role, List<String> hosts) {
    if (role != Role.COORDINATOR || hosts.isEmpty()) {
      return new GeneralNames(new GeneralName(GeneralName.dNSName, role.word() + ".invalid"));
    }
    return new GeneralNames(
        hosts.stream()
            .map(host ->
                new GeneralName(
                    IPAddress.isValid(host) ? GeneralName.iPAddress : GeneralName.dNSName, host))
            .toArray(GeneralName[]::new));
  }

  private Date begin() {
    return Date.from(now.minus(CLOCK_SKEW));
  }

  private static BigInteger serial() {
    return new BigInteger(SERIAL_BITS, new SecureRandom());
  }

  private static X509Certificate sign(X509v3CertificateBuilder form, PrivateKey signer)
      throws GeneralSecurityException {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              form.build(new JcaContentSignerBuilder(FarmAuthority.SIGNATURE).build(signer)));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException("cannot sign a certificate", e);
    }
  }
}
