package io.portcullis.farm.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.portcullis.farm.api.client.AdminClient;
import io.portcullis.farm.api.client.AdminException;
import io.portcullis.farm.api.wire.Rotations;
import io.portcullis.farm.api.wire.Wire;
import io.portcullis.farm.api.wire.WireJson;
import io.portcullis.farm.codec.Decoded;
import io.portcullis.farm.codec.FarmDocuments;
import io.portcullis.farm.identity.IdentityFile;
import io.portcullis.farm.model.FarmConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One run of the command line: who asks, through which identity, and in which form the answer is wanted.
final class Operator implements AutoCloseable {
  enum Output {
    TABLE,
    JSON,
    YAML
  }

  final Terminal terminal;
  private Output output = Output.TABLE;
  private @Nullable Path identity;
  private @Nullable AdminClient client;

  Operator(Terminal terminal) {
    this.terminal = terminal;
  }

  void output(Output output) {
    this.output = output;
  }

  void identity(Path identity) {
    this.identity = identity;
  }

  /// `--identity`, else PORTCULLIS_IDENTITY, else the place where `farmctl join` puts it.
  Path identityFile() {
    return IdentityPlace.of(identity, terminal.environment(), terminal.directory());
  }

  Path file(Path named) {
    return terminal.directory().resolve(named).normalize();
  }

  AdminClient client() throws AdminException {
    AdminClient open = client;
    if (open == null) {
      open = AdminClient.open(identityFile());
      client = open;
    }
    return open;
  }

  boolean wantsTable() {
    return output == Output.TABLE;
  }

  boolean wantsJson() {
    return output == Output.JSON;
  }

  /// A word on how it went: part of the answer for people, beside it for programs.
  void tell(String line) {
    (wantsTable() ? terminal.out() : terminal.err()).println(line);
    terminal.out().flush();
    terminal.err().flush();
  }

  /// An answer in the form asked for; `table` is only called if that is the form.
  void answer(Object value, Supplier<String> table) {
    if (output == Output.TABLE) {
      terminal.out().print(table.get());
    } else {
      terminal.out().print(structured(value));
    }
    terminal.out().flush();
  }

  private String structured(Object value) {
    try {
      if (output == Output.JSON) {
        return WireJson.pretty().writeValueAsString(value) + "\n";
      }
      JsonNode tree = WireJson.pretty().valueToTree(value);
      return YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .build()
          .writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer that cannot be written", e);
    }
  }

  /// The document the farm runs, or the way to give it one.
  Wire.RevisionDocument currentDocument() throws AdminException, CommandFailure {
    long revision = client().status().revision();
    if (revision == 0) {
      throw CommandFailure.notFine(
          "farm " + client().farm() + " has no document yet", "give it one: farmctl apply FILE");
    }
    return client().revision(revision);
  }

  /// What a stored revision says; null if it was written by a version whose words this one does not know.
  static @Nullable FarmConfig config(Wire.RevisionDocument document) {
    return switch (FarmDocuments.decode(
        document.expanded(), "revision " + document.summary().revision())) {
      case Decoded.Accepted accepted -> accepted.config();
      case Decoded.Refused _ -> null;
    };
  }

  /// Has this identity certified by the farm's new CA if the farm goes over to one. What was asked for is answered by then, so a failure is only
  /// told: the next command tries again.
  private void renew(AdminClient open) {
    Path file = identityFile();
    try {
      IdentityFile before = IdentityFile.read(file);
      IdentityFile renewed = open.renew();
      if (IdentityFile.read(file).equals(before)) {
        renewed.write(file);
      }
      try (AdminClient again = AdminClient.of(renewed)) {
        // Whoever was seen with it is not waited for any more.
        Rotations.FarmCaStatus _ = again.farmCa();
      }
      terminal.err().println("renewed " + file + ": the farm has another CA");
    } catch (IOException | AdminException e) {
      terminal.complain(
          "%s is not renewed, and the farm goes over to another CA: %s"
              .formatted(file, e.getMessage()),
          "any farmctl command tries again; once the old CA is not trusted, join again");
    }
    terminal.err().flush();
  }

  @Override
  public void close() {
    if (client != null) {
      if (client.isRenewalDue()) {
        renew(client);
      }
      client.close();
    }
  }
}
