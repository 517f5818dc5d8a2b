package io.portcullis.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void recordsAreRead() {
    assertThat(Json.read("{\"untilMillis\":{\"node/a\":17,\"node/b\":-3}}"))
        .isEqualTo(Map.of("untilMillis", Map.of("node/a", 17L, "node/b", -3L)));
    assertThat(
            Json.read(" { \"pem\" : \"a\\nb\\\"\\u0041\\/\" , \"all\" : [ 1 , true, [] , {} ] } "))
        .isEqualTo(Map.of("pem", "a\nb\"A/", "all", List.of(1L, true, List.of(), Map.of())));
    assertThat(Json.read("[null,false]")).isEqualTo(Arrays.asList(null, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{\"a\"}",
        "{\"a\":1",
        "[1",
        "\"a",
        "\"\\x\"",
        "\"\\u00\"",
        "1.5",
        "tru",
        "{}x",
        "[[[[[[[[[[1]]]]]]]]]]",
        "{a:1}",
        "[1,]",
        "99999999999999999999"
      })
  void whatIsNoJsonIsRefused(String text) {
    assertThatThrownBy(() -> Json.read(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
