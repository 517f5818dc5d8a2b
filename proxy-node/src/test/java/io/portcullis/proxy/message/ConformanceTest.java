package io.portcullis.proxy.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every case, whole, byte by byte, and in two pieces at every place of small messages: always the same outcome.
class ConformanceTest {

  private static final int SPLIT_EVERYWHERE_BELOW = 300;

  @TestFactory
  Stream<DynamicTest> requestHeads() {
    return Cases.of("request-heads.txt").stream()
        .map(one -> test(one, one.bytes(), one.outcome(), Reading::request));
  }

  @TestFactory
  Stream<DynamicTest> responseHeads() {
    return Cases.of("response-heads.txt").stream()
        .map(one -> test(one, one.bytes(), one.outcome(), Reading::response));
  }

  @TestFactory
  Stream<DynamicTest> chunkedBodies() {
    return Cases.of("chunked-bodies.txt").stream()
        .map(one -> {
          String text = new String(one.bytes(), ISO_8859_1);
          int behind = text.indexOf('¶');
          byte[] bytes = text.replace("¶", "").getBytes(ISO_8859_1);
          String outcome = one.outcome() + (behind < 0 ? "" : "¶" + text.substring(behind + 1));
          return test(one, bytes, outcome, pieces -> Reading.chunked(pieces, true));
        });
  }

  @TestFactory
  Stream<DynamicTest> chunkedBodiesAsTheyAre() {
    return Cases.of("chunked-bodies.txt").stream()
        .map(one -> {
          String text = new String(one.bytes(), ISO_8859_1);
          byte[] bytes = text.replace("¶", "").getBytes(ISO_8859_1);
          int end = text.indexOf('¶');
          String raw =
              one.outcome().startsWith("'")
                  ? "'"
                      + (end < 0 ? text : text.substring(0, end))
                      + "'"
                      + (end < 0 ? "" : "¶" + text.substring(end + 1))
                  : one.outcome();
          return test(one, bytes, raw, pieces -> Reading.chunked(pieces, false));
        });
  }

  private static DynamicTest test(
      Cases.Case one, byte[] bytes, String outcome, Function<List<byte[]>, String> read) {
    return DynamicTest.dynamicTest(
        one.name(),
        () -> {
          assertThat(read.apply(List.of(bytes))).as("whole").isEqualTo(outcome);
          List<byte[]> drops = new ArrayList<>();
          for (byte b : bytes) {
            drops.add(new byte[] {b});
          }
          assertThat(read.apply(drops)).as("byte by byte").isEqualTo(outcome);
          for (int at = 1; at < bytes.length && bytes.length < SPLIT_EVERYWHERE_BELOW; at++) {
            assertThat(read.apply(Pieces.split(bytes, at)))
                .as("split at %d", at)
                .isEqualTo(outcome);
          }
        });
  }
}
