package io.portcullis.proxy.config;

import io.portcullis.farm.codec.CertificateChecks;
import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.FarmValidator;
import io.portcullis.farm.model.Problem;
import io.portcullis.proxy.snapshot.CertificateMaterial;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A node's configuration from a document on its own disk, with the files it names beside it: one node alone, as any web
/// server would run. Each reading is whole or is refused with every problem; a refused one changes nothing.
///
/// One thread calls it.
public final class FileSource {

  private final Path file;
  private final UnaryOperator<FarmConfig> expand;
  private final Publisher publisher;
  private long revision;

  /// @param expand turns a Lync topology into pools and rules
  public FileSource(Path file, UnaryOperator<FarmConfig> expand, Publisher publisher) {
    this.file = file;
    this.expand = expand;
    this.publisher = publisher;
  }

  /// Reads and publishes.
  ///
  /// @return an error among them means that the configuration before is still the one served
  public List<Problem> read() throws InterruptedException {
    List<Problem> problems = new ArrayList<>();
    Loaded loaded = load(problems);
    if (loaded == null || hasErrors(problems)) {
      return problems;
    }
    List<Problem> outcome = publisher.publish(loaded);
    problems.addAll(outcome);
    if (!hasErrors(outcome)) {
      revision = loaded.revision();
    }
    return problems;
  }

  /// How many readings were published; the number of the one that is served.
  public long revision() {
    return revision;
  }

  private static boolean hasErrors(List<Problem> problems) {
    return problems.stream().anyMatch(Problem::isError);
  }

  private @Nullable Loaded load(List<Problem> problems) {
    NamedFiles files = new NamedFiles(file, problems);
    String text = files.document();
    if (text == null) {
      return null;
    }
    return switch (FarmDocuments.decode(text, String.valueOf(file.getFileName()))) {
      case Decoded.Refused(List<Problem> found) -> {
        problems.addAll(found);
        yield null;
      }
      case Decoded.Accepted(FarmConfig said, List<Problem> warnings) -> {
        problems.addAll(warnings);
        yield load(said, files, problems);
      }
    };
  }

  private Loaded load(FarmConfig said, NamedFiles files, List<Problem> problems) {
    FarmConfig expanded = expand.apply(said);
    problems.addAll(FarmValidator.checkExpansion(said, expanded));
    FarmConfig whole = files.withTrust(expanded, said.pools().size());
    Map<String, CertificateMaterial> certificates = files.certificates(whole);
    Map<String, String> chains = new HashMap<>();
    Instant now = Instant.now();
    certificates.forEach((name, material) -> {
      chains.put(name, material.chainPem());
      problems.addAll(CertificateChecks.check(name, material.chainPem(), material.keyPem(), now));
    });
    problems.addAll(CertificateChecks.coverage(whole, chains));
    return new Loaded(revision + 1, whole, certificates);
  }
}
