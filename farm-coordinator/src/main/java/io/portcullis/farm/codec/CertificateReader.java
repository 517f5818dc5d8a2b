package io.portcullis.farm.codec;

import io.portcullis.farm.model.Acme;
import io.portcullis.farm.model.CertificateRef;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads `certificates`.
final class CertificateReader {
  private static final Map<String, Acme.Key> KINDS =
      Arrays.stream(Acme.Key.values()).collect(words(Acme.Key::word));

  private static final Map<String, Acme.Challenge> CHALLENGES =
      Arrays.stream(Acme.Challenge.values()).collect(words(Acme.Challenge::word));

  private CertificateReader() {}

  private static <E> java.util.stream.Collector<E, ?, Map<String, E>> words(
      Function<E, String> word) {
    return Collectors.toMap(word, Function.identity(), (one, _) -> one, LinkedHashMap::new);
  }

  static CertificateRef certificate(Section certificate) {
    return new CertificateRef(
        certificate.requiredText("name", "contoso"),
        certificate.text("chainFile"),
        certificate.text("keyFile"),
        certificate.has("version") ? certificate.number("version", 1) : null,
        acme(certificate.section("acme", Keys.ACME)));
  }

  private static @Nullable Acme acme(@Nullable Section acme) {
    if (acme == null) {
      return null;
    }
    if (!acme.has("names")) {
      acme.missing("names", "add names: [meet.contoso.com, ...]");
    }
    if (!acme.has("agreeToTerms")) {
      acme.missing(
          "agreeToTerms", "read the authority's terms of service, then add agreeToTerms: true");
    }
    return new Acme(
        acme.requiredText("directory", "https://acme-v02.api.letsencrypt.org/directory"),
        acme.texts("names"),
        acme.text("email"),
        acme.word("key", KINDS, Acme.Key.RSA),
        acme.word("challenge", CHALLENGES, Acme.Challenge.HTTP_01),
        acme.text("trustFile"),
        acme.text("trust"),
        acme.flag("agreeToTerms"));
  }
}
