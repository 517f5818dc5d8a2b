package io.portcullis.farm.verify;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Verifies what a server shows as a client does, and remembers the chain, so that a refusal can be explained.
final class Trust extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager judge;
  private X509Certificate @Nullable [] shown;

  private Trust(X509ExtendedTrustManager judge) {
    this.judge = judge;
  }

  /// @param pem roots; null = those of the system
  static Trust of(@Nullable String pem) throws GeneralSecurityException {
    try {
      KeyStore store = null;
      if (pem != null) {
        store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int number = 0;
        for (var certificate :
            CertificateFactory.getInstance("X.509")
                .generateCertificates(
                    new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
          store.setCertificateEntry("root" + number++, certificate);
        }
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return new Trust(extended);
        }
      }
      throw new GeneralSecurityException("this Java has no trust manager for X.509");
    } catch (IOException e) {
      throw new GeneralSecurityException("an empty key store did not load", e);
    }
  }

  SSLContext context() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {this}, null);
    return context;
  }

  /// The chain as the server sent it, leaf first; empty before a handshake came that far.
  List<X509Certificate> chain() {
    return shown == null ? List.of() : List.of(shown);
  }

  /// Why the chain shown was refused, in the words of the side it stands on.
  Trouble refusal(String name, Instant now, boolean member) {
    List<X509Certificate> chain = chain();
    if (chain.isEmpty()) {
      return new Trouble(
          member ? Diagnosis.MEMBER_TLS_VERSION : Diagnosis.PUBLIC_TLS_VERSION,
          "the TLS handshake ended before a certificate was shown");
    }
    X509Certificate leaf = chain.getFirst();
    if (leaf.getNotAfter().toInstant().isBefore(now)) {
      return new Trouble(
          member ? Diagnosis.MEMBER_EXPIRED : Diagnosis.PUBLIC_EXPIRED,
          "its certificate ended at " + leaf.getNotAfter().toInstant());
    }
    if (leaf.getNotBefore().toInstant().isAfter(now)) {
      return new Trouble(
          Diagnosis.CLOCK_SKEW,
          "its certificate begins at " + leaf.getNotBefore().toInstant() + ", which is to come");
    }
    if (!ServerCertificate.isForServers(leaf)) {
      return new Trouble(
          member ? Diagnosis.MEMBER_NOT_FOR_SERVERS : Diagnosis.PUBLIC_NOT_FOR_SERVERS,
          "its certificate may be used for other things, not by a server");
    }
    if (!trusted(chain)) {
      return untrusted(chain.getLast(), member);
    }
    return new Trouble(
        member ? Diagnosis.MEMBER_NAME_MISSING : Diagnosis.PUBLIC_NAME_MISSING,
        "its certificate does not name %s, but %s".formatted(name, CertificateNames.of(leaf)));
  }

  private boolean trusted(List<X509Certificate> chain) {
    try {
      judge.checkServerTrusted(
          chain.toArray(X509Certificate[]::new), keyExchange(chain.getFirst()));
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  private static String keyExchange(X509Certificate leaf) {
    return leaf.getPublicKey().getAlgorithm().equals("RSA") ? "ECDHE_RSA" : "ECDHE_ECDSA";
  }

  /// A chain that ends with a root of its own is complete and strange; one that ends below is cut short.
  private static Trouble untrusted(X509Certificate last, boolean member) {
    boolean complete = last.getSubjectX500Principal().equals(last.getIssuerX500Principal());
    String issuer = last.getIssuerX500Principal().getName();
    return complete
        ? new Trouble(
            member ? Diagnosis.MEMBER_UNTRUSTED : Diagnosis.PUBLIC_UNTRUSTED,
            "nobody here trusts \"%s\"".formatted(issuer))
        : new Trouble(
            member ? Diagnosis.MEMBER_CHAIN_INCOMPLETE : Diagnosis.PUBLIC_CHAIN_INCOMPLETE,
            "the certificate of its issuer \"%s\" is not sent".formatted(issuer));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    shown = Arrays.copyOf(chain, chain.length);
    judge.checkServerTrusted(chain, type, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    shown = Arrays.copyOf(chain, chain.length);
    judge.checkServerTrusted(chain, type, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    shown = Arrays.copyOf(chain, chain.length);
    judge.checkServerTrusted(chain, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    judge.checkClientTrusted(chain, type, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    judge.checkClientTrusted(chain, type, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    judge.checkClientTrusted(chain, type);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return judge.getAcceptedIssuers();
  }

  /// The names of a certificate, for people.
  static final class CertificateNames {
    private static final int SHOWN = 6;
    private static final int DNS = 2;

    private CertificateNames() {}

    static String of(X509Certificate leaf) {
      try {
        var names = leaf.getSubjectAlternativeNames();
        if (names == null) {
          return "nothing at all";
        }
        return String.join(
            ", ",
            names.stream()
                .filter(entry -> entry.getFirst() instanceof Integer kind && kind == DNS)
                .map(entry -> String.valueOf(entry.get(1)).toLowerCase(Locale.ROOT))
                .limit(SHOWN)
                .toList());
      } catch (CertificateException e) {
        return "names that cannot be read";
      }
    }
  }
}
