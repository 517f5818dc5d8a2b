package io.portcullis.farm.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The schema that editors use says what the reader accepts: the same keys in the same sections, and every section is used.
class SchemaTest {
  private static final Map<String, Keys> SECTIONS =
      Map.ofEntries(
          Map.entry("listener", Keys.LISTENER),
          Map.entry("listenerTls", Keys.LISTENER_TLS),
          Map.entry("listenerLimits", Keys.LISTENER_LIMITS),
          Map.entry("ruleLimits", Keys.RULE_LIMITS),
          Map.entry("certificate", Keys.CERTIFICATE),
          Map.entry("acme", Keys.ACME),
          Map.entry("pool", Keys.POOL),
          Map.entry("member", Keys.MEMBER),
          Map.entry("poolBridging", Keys.POOL_BRIDGING),
          Map.entry("bridging", Keys.BRIDGING),
          Map.entry("poolTls", Keys.POOL_TLS),
          Map.entry("persistence", Keys.PERSISTENCE),
          Map.entry("source", Keys.SOURCE),
          Map.entry("health", Keys.HEALTH),
          Map.entry("probe", Keys.PROBE),
          Map.entry("timeouts", Keys.TIMEOUTS),
          Map.entry("rule", Keys.RULE),
          Map.entry("virtual", Keys.VIRTUAL),
          Map.entry("virtualNode", Keys.VIRTUAL_NODE),
          Map.entry("lync", Keys.LYNC),
          Map.entry("webPool", Keys.WEB_POOL),
          Map.entry("lyncTls", Keys.LYNC_TLS),
          Map.entry("simpleUrls", Keys.SIMPLE_URLS));

  @Test
  void theSchemaKnowsTheKeysThatTheReaderKnows() throws IOException {
    JsonNode schema;
    try (InputStream in = FarmDocuments.class.getResourceAsStream("farm.schema.json")) {
      schema = new ObjectMapper().readTree(in);
    }

    assertThat(keys(schema)).containsExactlyElementsOf(Keys.FARM.known());
    assertThat(names(schema.path("$defs"))).hasSameElementsAs(SECTIONS.keySet());
    SECTIONS.forEach((name, keys) -> {
      JsonNode section = schema.path("$defs").path(name);
      assertThat(keys(section)).as(name).containsExactlyElementsOf(keys.known());
      assertThat(section.path("additionalProperties").isBoolean()).as(name).isTrue();
      assertThat(schema.toString()).as(name).contains("\"#/$defs/" + name + "\"");
    });
  }

  private static List<String> keys(JsonNode section) {
    return names(section.path("properties"));
  }

  private static List<String> names(JsonNode object) {
    return List.copyOf(object.propertyStream().map(Map.Entry::getKey).toList());
  }
}
