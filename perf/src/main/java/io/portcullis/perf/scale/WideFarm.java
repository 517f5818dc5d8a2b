package io.portcullis.perf.scale;

import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.perf.staging.LabAuthority;
import io.portcullis.perf.staging.ServerIdentity;
import io.portcullis.proxy.member.OwnAddresses;
import io.portcullis.proxy.snapshot.CertificateMaterial;
import io.portcullis.proxy.snapshot.Compilation;
import io.portcullis.proxy.snapshot.CompilerInput;
import io.portcullis.proxy.snapshot.Snapshot;
import io.portcullis.proxy.snapshot.SnapshotCompiler;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A hoster's farm as a document: a rule and a public name for each tenant, a pool for every hundred of them, and as many
/// certificates as asked for.
///
/// @param document as `farmctl apply` would be given it
public record WideFarm(String document, Map<String, CertificateMaterial> certificates) {

  private static final int RULES_PER_POOL = 100;

  public WideFarm {
    certificates = Map.copyOf(certificates);
  }

  /// @param rules at least 1
  /// @param certificates beside the one that answers clients of unknown names
  public static WideFarm of(int rules, int certificates) {
    try {
      LabAuthority authority = LabAuthority.create("wide farm");
      Map<String, CertificateMaterial> issued = new LinkedHashMap<>();
      for (int i = 0; i <= certificates; i++) {
        ServerIdentity identity = authority.issue(List.of(name(i)));
        issued.put(
            "certificate-" + i, new CertificateMaterial(identity.chainPem(), identity.keyPem()));
      }
      return new WideFarm(document(rules, issued, authority.certificatePem()), issued);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK signs with P-256", e);
    }
  }

  private static String name(int i) {
    return "webext" + i + ".tenant.contoso.com";
  }

  private static String document(
      int rules, Map<String, CertificateMaterial> certificates, String trust) {
    StringBuilder text = new StringBuilder();
    text.append("farm: wide\nlisteners:\n")
        .append("  - {name: https, bind: \"127.0.0.1:8443\", tls: {certificates: [")
        .append(String.join(", ", certificates.keySet()))
        .append("], minVersion: TLSv1.2}}\ncertificates:\n");
    for (String name : certificates.keySet()) {
      text.append("  - {name: %1$s, chainFile: %1$s.pem, keyFile: %1$s.key}%n".formatted(name));
    }
    text.append("pools:\n");
    for (int pool = 0; pool * RULES_PER_POOL < rules; pool++) {
      text.append("  - name: pool").append(pool).append("\n    members:\n");
      for (int member = 0; member < 2; member++) {
        text.append(
            "      - {host: fe%d.pool%d.contoso.local, address: 10.%d.%d.%d}%n"
                .formatted(member, pool, 1 + pool / 250, pool % 250, 1 + member));
      }
      text.append("    bridging: {https: 4443, http: 8080}\n    tls:\n      trust: |\n")
          .append(trust.indent(8));
    }
    text.append("rules:\n");
    for (int rule = 0; rule < rules; rule++) {
      text.append(
          "  - {name: rule-%d, listener: https, publicNames: [%s], paths: [/], pool: pool%d}%n"
              .formatted(rule, name(rule), rule / RULES_PER_POOL));
    }
    return text.toString();
  }

  /// The document, read and checked as an operator's.
  public FarmConfig config() {
    return switch (FarmDocuments.decode(document, "wide.yaml")) {
      case Decoded.Accepted accepted -> accepted.config();
      case Decoded.Refused refused ->
          throw new IllegalStateException("the wide farm is refused: " + refused.problems());
    };
  }

  /// @param previous what the node runs at the moment
  public CompilerInput input(long revision, @Nullable Snapshot previous) {
    return input(config(), revision, previous);
  }

  CompilerInput input(FarmConfig config, long revision, @Nullable Snapshot previous) {
    return new CompilerInput(
        revision,
        config,
        certificates,
        Map.of(),
        Map.of(),
        Map.of(),
        new OwnAddresses(Set.of(InetAddress.getLoopbackAddress())),
        Instant.now(),
        previous);
  }

  /// @throws IllegalStateException with the reasons if there is no snapshot of it
  public static Snapshot compiled(CompilerInput input) {
    return switch (SnapshotCompiler.compile(input)) {
      case Compilation.Compiled compiled -> compiled.snapshot();
      case Compilation.Refused refused ->
          throw new IllegalStateException("the wide farm is refused: " + refused.problems());
    };
  }
}
