package io.portcullis.farm.model;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Certificates that the farm orders by itself.
final class AcmeChecks {
  /// Let's Encrypt takes a hundred names, and so do most authorities.
  static final int MOST_NAMES = 100;

  private static final int LONGEST_URL = 500;

  /// RFC 5321 §4.5.3.1.3 allows a path of 256 octets.
  private static final int LONGEST_EMAIL = 254;

  private static final Pattern LOCAL_PART = Pattern.compile("[A-Za-z0-9.!#$*+/=^_`{|}~'-]+");

  private final List<Listener> listeners;
  private final Findings findings;

  AcmeChecks(List<Listener> listeners, Findings findings) {
    this.listeners = listeners;
    this.findings = findings;
  }

  void check(String path, CertificateRef certificate, Acme acme) {
    if (certificate.chainFile() != null || certificate.keyFile() != null) {
      findings.error(
          path,
          "certificate \"%s\" names files and is ordered by acme".formatted(certificate.name()),
          "keep acme, or chainFile and keyFile");
    }
    directory(path + ".acme.directory", acme.directory());
    names(path + ".acme.names", acme.names());
    if (acme.email() != null && !isEmail(acme.email())) {
      findings.error(
          path + ".acme.email",
          "\"%s\" is not an e-mail address".formatted(acme.email()),
          "write one address, without mailto:, or leave it away");
    }
    if (acme.trustFile() != null && acme.trust() != null) {
      findings.error(path + ".acme", "gives both trustFile and trust", "keep one of the two");
    }
    if (!acme.agreeToTerms()) {
      findings.error(
          path + ".acme.agreeToTerms",
          "nobody has agreed to the authority's terms of service",
          "read them, then write agreeToTerms: true");
    }
    challenge(path + ".acme.challenge", acme.challenge());
  }

  private void directory(String path, String directory) {
    if (!isDirectory(directory)) {
      findings.error(
          path,
          "\"%s\" is not the address of an ACME directory".formatted(directory),
          "write an https URL: https://acme-v02.api.letsencrypt.org/directory is Let's Encrypt's");
    }
  }

  private static boolean isDirectory(String directory) {
    try {
      URI uri = new URI(directory);
      return directory.length() <= LONGEST_URL
          && "https".equals(uri.getScheme())
          && uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private void names(String path, List<String> names) {
    if (names.isEmpty() || names.size() > MOST_NAMES) {
      findings.error(
          path,
          "has %d names".formatted(names.size()),
          "list from 1 to %d public names".formatted(MOST_NAMES));
    }
    Set<String> known = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      String at = path + "[" + i + "]";
      if (name.startsWith("*")) {
        findings.error(
            at,
            "\"%s\" can only be proved through DNS, which the farm does not write".formatted(name),
            "list each name, or bring a certificate of your own: chainFile and keyFile");
      } else if (!Names.isDnsName(name) || name.indexOf('.') < 0 || name.indexOf('_') >= 0) {
        findings.error(
            at,
            "\"%s\" is not a public name".formatted(name),
            "write a full DNS name: meet.contoso.com");
      } else if (!known.add(name.toLowerCase(Locale.ROOT))) {
        findings.error(at, "\"%s\" is listed twice".formatted(name), "remove one");
      }
    }
  }

  private static boolean isEmail(String email) {
    int at = email.lastIndexOf('@');
    return at > 0
        && email.length() <= LONGEST_EMAIL
        && LOCAL_PART.matcher(email.substring(0, at)).matches()
        && Names.isDnsName(email.substring(at + 1));
  }

  private void challenge(String path, Acme.Challenge challenge) {
    boolean tls = challenge == Acme.Challenge.TLS_ALPN_01;
    if (!listeners.isEmpty() && listeners.stream().noneMatch(one -> one.isTls() == tls)) {
      findings.error(
          path,
          tls
              ? "tls-alpn-01 is answered on TLS listeners, and the farm has none"
              : "http-01 is answered on clear listeners, and the farm has none",
          tls
              ? "choose http-01"
              : "add {name: http, bind: \"0.0.0.0:80\"}, where the authority asks, or choose tls-alpn-01");
    }
  }
}
