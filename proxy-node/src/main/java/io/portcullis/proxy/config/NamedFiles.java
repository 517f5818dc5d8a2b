package io.portcullis.proxy.config;

import io.portcullis.farm.model.CertificateRef;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Pool;
import io.portcullis.farm.model.Problem;
import io.portcullis.proxy.snapshot.CertificateMaterial;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The files a document names, relative to where it lies.
final class NamedFiles {

  /// A document with thousands of rules, or a bundle of every public CA, is a tenth of this.
  private static final long MAX_BYTES = 4L << 20;

  private final Path document;
  private final List<Problem> problems;

  NamedFiles(Path document, List<Problem> problems) {
    this.document = document.toAbsolutePath();
    this.problems = problems;
  }

  /// @return null after reporting why
  @Nullable String document() {
    return read(document, document.toString(), "the document");
  }

  /// @param own how many of the pools stand in the document itself, in front of those a topology added
  FarmConfig withTrust(FarmConfig config, int own) {
    List<Pool> pools = new ArrayList<>();
    for (int i = 0; i < config.pools().size(); i++) {
      Pool pool = config.pools().get(i);
      String path = i < own ? "pools[" + i + "]" : "lync";
      pools.add(withTrust(pool, path + ".tls.trustFile"));
    }
    return new FarmConfig(
        config.farm(),
        config.listeners(),
        config.certificates(),
        pools,
        config.rules(),
        config.hosts(),
        null,
        config.virtualAddresses());
  }

  private Pool withTrust(Pool pool, String path) {
    Pool.PoolTls tls = pool.tls();
    if (tls == null || tls.trust() != null || tls.trustFile() == null) {
      return pool;
    }
    String bundle =
        read(
            document.resolveSibling(tls.trustFile()),
            path,
            "the trust bundle of pool \"" + pool.name() + "\"");
    return pool.withTls(
        new Pool.PoolTls(tls.serverName(), null, bundle == null ? "" : bundle, tls.minVersion()));
  }

  Map<String, CertificateMaterial> certificates(FarmConfig config) {
    Map<String, CertificateMaterial> read = new HashMap<>();
    for (int i = 0; i < config.certificates().size(); i++) {
      CertificateRef said = config.certificates().get(i);
      String path = "certificates[" + i + "]";
      if (said.acme() != null) {
        problems.add(
            Problem.error(
                path + ".acme",
                "certificate \""
                    + said.name()
                    + "\" is ordered by a farm's coordinator, and this node runs from a file",
                "give chainFile and keyFile, or run a coordinator"));
        continue;
      }
      String chain = part(said.name(), said.chainFile(), path + ".chainFile", "the chain of");
      String key = part(said.name(), said.keyFile(), path + ".keyFile", "the key of");
      if (chain != null && key != null) {
        read.put(said.name(), new CertificateMaterial(chain, key));
      }
    }
    return read;
  }

  private @Nullable String part(String name, @Nullable String file, String path, String what) {
    if (file == null) {
      problems.add(
          Problem.error(
              path,
              what + " certificate \"" + name + "\" is not named",
              "give chainFile and keyFile, relative to the document"));
      return null;
    }
    return read(document.resolveSibling(file), path, what + " certificate \"" + name + "\"");
  }

  private @Nullable String read(Path file, String path, String what) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        problems.add(
            Problem.error(
                path,
                "%s, %s, is larger than %d bytes".formatted(what, file, MAX_BYTES),
                "name the right file"));
        return null;
      }
      return Files.readString(file);
    } catch (IOException e) {
      problems.add(
          Problem.error(
              path,
              "cannot read %s, %s: %s".formatted(what, file, reason(e)),
              "name a file that this process may read; names are relative to the document"));
      return null;
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "permission denied";
      case CharacterCodingException _ -> "it is not text in UTF-8";
      default -> String.valueOf(e.getMessage());
    };
  }
}
