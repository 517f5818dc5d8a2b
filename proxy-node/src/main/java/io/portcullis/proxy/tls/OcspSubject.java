package io.portcullis.proxy.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReqBuilder;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.SingleResp;
import org.bouncycastle.cert.ocsp.jcajce.JcaCertificateID;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;

/// A certificate whose issuer says somewhere whether it is still good (RFC 6960): the question, and what is an answer to it.
///
/// @param responder where the certificate says to ask
record OcspSubject(X509Certificate leaf, X509Certificate issuer, URI responder) {

  /// Clocks of responders are set by people.
  private static final Duration SKEW = Duration.ofMinutes(5);

  /// A responder that names no end of validity means "ask again any time" (RFC 6960 §4.2.2.1).
  private static final Duration WITHOUT_END = Duration.ofHours(1);

  private static final String OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";

  /// Null if the certificate names no responder that can be asked over HTTP, or came without its issuer.
  static @Nullable OcspSubject of(List<X509Certificate> chain) {
    if (chain.size() < 2) {
      return null;
    }
    URI responder = responder(chain.getFirst());
    return responder == null ? null : new OcspSubject(chain.getFirst(), chain.get(1), responder);
  }

  private static @Nullable URI responder(X509Certificate leaf) {
    byte[] extension = leaf.getExtensionValue(Extension.authorityInfoAccess.getId());
    if (extension == null) {
      return null;
    }
    try {
      AuthorityInformationAccess access =
          AuthorityInformationAccess.getInstance(
              JcaX509ExtensionUtils.parseExtensionValue(extension));
      for (AccessDescription one : access.getAccessDescriptions()) {
        GeneralName where = one.getAccessLocation();
        if (one.getAccessMethod().equals(AccessDescription.id_ad_ocsp)
            && where.getTagNo() == GeneralName.uniformResourceIdentifier) {
          URI uri = URI.create(ASN1IA5String.getInstance(where.getName()).getString());
          if ("http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null) {
            return uri;
          }
        }
      }
    } catch (IOException | IllegalArgumentException _) {
      // A certificate with an unreadable extension works without a staple, as with none.
    }
    return null;
  }

  /// @throws GeneralSecurityException if the certificate cannot be asked about
  byte[] request() throws GeneralSecurityException {
    try {
      return new OCSPReqBuilder()
          .addRequest(
              new JcaCertificateID(digests().get(CertificateID.HASH_SHA1), issuer, serial()))
          .build()
          .getEncoded();
    } catch (OCSPException | OperatorCreationException | IOException e) {
      throw new GeneralSecurityException("no OCSP question can be made of it", e);
    }
  }

  private BigInteger serial() {
    return leaf.getSerialNumber();
  }

  private static DigestCalculatorProvider digests() throws OperatorCreationException {
    return new JcaDigestCalculatorProviderBuilder().build();
  }

  /// An answer that may be shown to clients.
  ///
  /// @param from, until when it is valid
  @SuppressWarnings("ArrayRecordComponent")
  record Good(byte[] response, Instant from, Instant until) {}

  /// @throws GeneralSecurityException why the answer cannot be shown, for the log
  Good read(byte[] response, Instant now) throws GeneralSecurityException {
    try {
      OCSPResp outer = new OCSPResp(response);
      if (outer.getStatus() != OCSPResp.SUCCESSFUL) {
        throw new GeneralSecurityException("the responder declined, status " + outer.getStatus());
      }
      if (!(outer.getResponseObject() instanceof BasicOCSPResp basic)) {
        throw new GeneralSecurityException("the answer is of an unknown kind");
      }
      if (!isSignedForIssuer(basic, now)) {
        throw new GeneralSecurityException("the answer is not signed for the issuer");
      }
      for (SingleResp single : basic.getResponses()) {
        if (isAbout(single)) {
          return judge(single, response, now);
        }
      }
      throw new GeneralSecurityException("the answer is about other certificates");
    } catch (IOException | OCSPException | OperatorCreationException | RuntimeException e) {
      throw new GeneralSecurityException("the answer cannot be read: " + e.getMessage(), e);
    }
  }

  private boolean isAbout(SingleResp single) throws OCSPException, OperatorCreationException {
    try {
      return single.getCertID().getSerialNumber().equals(serial())
          && single
              .getCertID()
              .matchesIssuer(
                  new org.bouncycastle.cert.jcajce.JcaX509CertificateHolder(issuer), digests());
    } catch (CertificateEncodingException e) {
      throw new OCSPException("the issuer cannot be encoded", e);
    }
  }

  private static Good judge(SingleResp single, byte[] response, Instant now)
      throws GeneralSecurityException {
    if (single.getCertStatus() != CertificateStatus.GOOD) {
      throw new GeneralSecurityException(
          "the issuer has revoked the certificate, or does not know it");
    }
    Instant from = single.getThisUpdate().toInstant();
    Date end = single.getNextUpdate();
    Instant until = end == null ? now.plus(WITHOUT_END) : end.toInstant();
    if (now.plus(SKEW).isBefore(from) || !now.isBefore(until)) {
      throw new GeneralSecurityException("the answer is valid from " + from + " to " + until);
    }
    return new Good(response, from, until);
  }

  /// By the issuer itself, or by whom it certified for that (RFC 6960 §4.2.2.2).
  private boolean isSignedForIssuer(BasicOCSPResp basic, Instant now)
      throws OCSPException, OperatorCreationException, GeneralSecurityException {
    JcaContentVerifierProviderBuilder verifiers = new JcaContentVerifierProviderBuilder();
    if (basic.isSignatureValid(verifiers.build(issuer.getPublicKey()))) {
      return true;
    }
    for (X509CertificateHolder holder : basic.getCerts()) {
      X509Certificate delegate = new JcaX509CertificateConverter().getCertificate(holder);
      List<String> usages = delegate.getExtendedKeyUsage();
      if (usages != null
          && usages.contains(OCSP_SIGNING)
          && isIssuedByIssuer(delegate)
          && !now.isAfter(delegate.getNotAfter().toInstant())
          && basic.isSignatureValid(verifiers.build(delegate.getPublicKey()))) {
        return true;
      }
    }
    return false;
  }

  private boolean isIssuedByIssuer(X509Certificate delegate) {
    try {
      delegate.verify(issuer.getPublicKey());
      return delegate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
    } catch (GeneralSecurityException _) {
      return false;
    }
  }
}
