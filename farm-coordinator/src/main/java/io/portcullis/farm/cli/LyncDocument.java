package io.portcullis.farm.cli;

import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.lync.LyncExpansion;
import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.LyncTopology;
import io.portcullis.farm.model.Pool;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A topology as the operator wrote it and what it expands to: from a file, or from what the farm runs.
///
/// @param trust PEM bundle by pool name, where the document gives one
record LyncDocument(LyncTopology lync, FarmConfig expanded, Map<String, String> trust) {
  LyncDocument {
    trust = Map.copyOf(trust);
  }

  /// @param file null asks the farm
  static LyncDocument read(Operator operator, @Nullable Path file)
      throws AdminException, CommandFailure {
    if (file == null) {
      Wire.RevisionDocument document = operator.currentDocument();
      String name = "revision " + document.summary().revision();
      FarmConfig expanded = Operator.config(document);
      FarmConfig source = decoded(operator, document.source(), name);
      return of(name, source, expanded == null ? LyncExpansion.expand(source) : expanded, Map.of());
    }
    DocumentFiles files = DocumentFiles.read(operator.file(file));
    FarmConfig source = decoded(operator, files.document(), files.name());
    return of(files.name(), source, LyncExpansion.expand(source), files.contents());
  }

  private static LyncDocument of(
      String name, FarmConfig source, FarmConfig expanded, Map<String, String> files)
      throws CommandFailure {
    LyncTopology lync = source.lync();
    if (lync == null) {
      throw CommandFailure.wrongUsage(
          name + " has no lync section",
          "this command knows what Lync's web services need; describe the topology under lync:");
    }
    Map<String, String> trust = new HashMap<>();
    for (Pool pool : expanded.pools()) {
      Pool.PoolTls tls = pool.tls();
      String pem = tls == null ? null : tls.trust();
      String bundle = tls == null ? null : tls.trustFile();
      String read = pem == null && bundle != null ? files.get(bundle) : pem;
      if (read != null) {
        trust.put(pool.name(), read);
      }
    }
    return new LyncDocument(lync, expanded, trust);
  }

  private static FarmConfig decoded(Operator operator, String text, String name)
      throws CommandFailure {
    Decoded decoded = FarmDocuments.decode(text, name);
    return switch (decoded) {
      case Decoded.Refused refused -> {
        operator
            .terminal
            .err()
            .print(ProblemText.render(refused.problems(), operator.terminal.colour()));
        operator.terminal.err().flush();
        throw CommandFailure.notFine(
            name + " has " + ProblemText.count(refused.problems()),
            "mend what is named above and try again");
      }
      case Decoded.Accepted accepted -> accepted.config();
    };
  }
}
