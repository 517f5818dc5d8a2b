package io.portcullis.farm.membership;

import io.portcullis.farm.identity.Certificates;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.identity.PeerCheck;
import io.portcullis.farm.identity.Role;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/// Trusts a coordinator of the one farm whose CA has the token's fingerprint: all that a machine knows before it joins.
final class TokenTrust extends PeerCheck {
  private final String fingerprint;

  TokenTrust(String fingerprint) {
    this.fingerprint = fingerprint;
  }

  /// The server belongs to another farm than the token, or somebody sits in between.
  static final class OtherFarm extends CertificateException {
    OtherFarm(String message) {
      super(message);
    }
  }

  @Override
  protected void server(X509Certificate[] chain) throws CertificateException {
    try {
      X509Certificate leaf = chain[0];
      X509Certificate authority = chain[chain.length - 1];
      if (!Certificates.fingerprint(authority).equals(fingerprint)) {
        throw new OtherFarm("its farm CA is not the one this token was made for");
      }
      PKIXParameters trust = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
      trust.setRevocationEnabled(false);
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf)), trust);
      if (!IdentityFile.roleOf(leaf).equals(Role.COORDINATOR.word())) {
        throw new CertificateException("it is no coordinator of the farm");
      }
    } catch (CertificateException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new CertificateException("its certificate is not of the farm: " + e.getMessage(), e);
    }
  }

  @Override
  protected void client(X509Certificate[] chain) throws CertificateException {
    throw new CertificateException("for clients only");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
