package io.portcullis.farm.api.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portcullis.farm.model.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WireJsonTest {
  private static <T> T read(String json, Class<T> type) throws IOException {
    return WireJson.read(json.getBytes(StandardCharsets.UTF_8), type);
  }

  @Test
  void everyRecordComesBackAsItWent() throws IOException {
    Instant time = Instant.parse("2026-11-21T14:50:02.345Z");
    for (Record record :
        List.of(
            new Wire.JoinResponse("f", "id", "pem", "ca", null, null, null, null),
            new Wire.TokenResponse("portcullis1.x", time),
            new Wire.ApplyRequest("farm: f\n", Map.of("a.pem", "..."), 7L, "why"),
            new Wire.ApplyResponse(
                false, 7, false, List.of(Problem.error("farm", "no", "yes")), List.of("+ x")),
            new Wire.RevisionDocument(
                new Wire.RevisionSummary(1, "me", time, ""), "source", "expanded"),
            new Wire.NodeStatus(
                "n", "1", time, 3, null, Map.of("a", "b"), Map.of("p/m", "up"), 1, 2))) {
      assertThat(WireJson.read(WireJson.write(record), record.getClass())).isEqualTo(record);
    }
  }

  @Test
  void unknownFieldIsRefusedByName() {
    assertThatThrownBy(
            () -> read("{\"error\":\"a\",\"hint\":\"b\",\"hnit\":1}", Wire.ErrorResponse.class))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("hnit");
  }

  @Test
  void missingFieldIsRefusedByName() {
    assertThatThrownBy(() -> read("{\"error\":\"a\"}", Wire.ErrorResponse.class))
        .hasMessageContaining("\"hint\" is missing");
    assertThatThrownBy(() ->
            read(
                "[{\"revision\":1,\"author\":\"a\",\"time\":null,\"reason\":\"\"}]",
                Wire.RevisionSummary[].class))
        .hasMessageContaining("\"[0].time\" is missing");
    assertThatThrownBy(() -> read("{\"role\":\"node\"}", Wire.TokenRequest.class))
        .isInstanceOf(IOException.class);
  }

  @Test
  void fieldThatMayBeAbsentMayBeAbsent() throws IOException {
    assertThat(
            read("{\"document\":\"d\",\"files\":{},\"reason\":\"r\"}", Wire.ApplyRequest.class)
                .ifRevision())
        .isNull();
  }

  @Test
  void duplicateTrailingAndEndlessInputIsRefused() {
    assertThatThrownBy(() ->
            read("{\"role\":\"a\",\"role\":\"b\",\"validSeconds\":1}", Wire.TokenRequest.class))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> read("{\"error\":\"a\",\"hint\":\"b\"}x", Wire.ErrorResponse.class))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> read("[".repeat(1000), Wire.RevisionSummary[].class))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> read("null", Wire.ErrorResponse.class))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> read("", Wire.ErrorResponse.class)).isInstanceOf(IOException.class);
  }
}
