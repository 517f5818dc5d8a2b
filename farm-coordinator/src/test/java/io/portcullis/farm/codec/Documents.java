package io.portcullis.farm.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Documents for tests.
final class Documents {
  private Documents() {}

  static String resource(String name) {
    try (InputStream in = Documents.class.getResourceAsStream("/codec/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static FarmConfig accepted(String text) {
    Decoded decoded = FarmDocuments.decode(text, "farm.yaml");
    assertThat(decoded).as("%s", decoded.problems()).isInstanceOf(Decoded.Accepted.class);
    return ((Decoded.Accepted) decoded).config();
  }

  static List<Problem> problems(String text) {
    return FarmDocuments.decode(text, "farm.yaml").problems();
  }
}
