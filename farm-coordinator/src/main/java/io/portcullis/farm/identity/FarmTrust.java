package io.portcullis.farm.identity;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.X509ExtendedTrustManager;

/// Whose certificates a process takes: its farm's CA, and two of them while the farm goes over to another.
public record FarmTrust(List<X509Certificate> authorities) {
  public FarmTrust {
    authorities = List.copyOf(authorities);
  }

  /// @param pem authorities; what another authority signed is for showing and does not count
  public static FarmTrust of(String pem) throws GeneralSecurityException {
    return new FarmTrust(Certificates.chain(pem).stream().filter(FarmTrust::isAuthority).toList());
  }

  static boolean isAuthority(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  /// Whether one of the authorities signed this one itself, and it is valid now.
  public boolean issued(X509Certificate leaf) {
    try {
      validate(List.of(leaf));
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /// @param chain leaf first; the certificate after it may be that of a new authority, signed by one that is known here
  public void verify(X509Certificate[] chain) throws CertificateException {
    try {
      if (issued(chain[0])) {
        return;
      }
      boolean vouched = chain.length > 1 && !isAuthority(chain[1]);
      validate(vouched ? List.of(chain[0], chain[1]) : List.of(chain[0]));
    } catch (CertificateException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new CertificateException("not a certificate of this farm: " + e.getMessage(), e);
    }
  }

  private void validate(List<X509Certificate> path) throws GeneralSecurityException {
    PKIXParameters trust =
        new PKIXParameters(
            authorities.stream()
                .map(authority -> new TrustAnchor(authority, null))
                .collect(Collectors.toSet()));
    trust.setRevocationEnabled(false);
    CertPathValidator.getInstance("PKIX")
        .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), trust);
  }

  /// For TLS towards peers of some roles.
  X509ExtendedTrustManager peers(Set<String> roles) {
    return new Peers(this, Set.copyOf(roles));
  }

  /// Trusts what the farm issued for the given roles, and nothing else.
  private static final class Peers extends PeerCheck {
    private final FarmTrust trust;
    private final Set<String> roles;

    Peers(FarmTrust trust, Set<String> roles) {
      this.trust = trust;
      this.roles = roles;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
      trust.verify(chain);
      String role = IdentityFile.roleOf(chain[0]);
      if (!roles.contains(role)) {
        throw new CertificateException(
            "certificate of role \"" + role + "\" where one of " + roles + " is needed");
      }
    }

    @Override
    protected void client(X509Certificate[] chain) throws CertificateException {
      check(chain);
    }

    @Override
    protected void server(X509Certificate[] chain) throws CertificateException {
      check(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return trust.authorities().toArray(X509Certificate[]::new);
    }
  }
}
