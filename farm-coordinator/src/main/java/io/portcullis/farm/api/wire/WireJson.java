package io.portcullis.farm.api.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import java.io.IOException;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The one way `Wire` records become bytes and back, the same on both ends.
///
/// Strict: unknown, duplicate and trailing content is refused, and so is `null` or nothing where the record does not say
/// `@Nullable`, so whoever holds a record may use every component. Instants travel as ISO-8601 in UTC.
public final class WireJson {
  /// A configuration document with its PEM files is tens of kilobytes; a string of megabytes is an attack on memory.
  public static final int MAX_STRING_CHARACTERS = 4 << 20;

  /// `Wire` nests four deep.
  private static final int MAX_DEPTH = 32;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxStringLength(MAX_STRING_CHARACTERS)
                          .maxNestingDepth(MAX_DEPTH)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          // A record's components travel, not what it computes from them (Problem.isError).
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
          .addModule(instants())
          .build();

  private WireJson() {}

  public static byte[] write(Object value) {
    try {
      return JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a wire record: " + value.getClass().getName(), e);
    }
  }

  /// @throws IOException naming the field that is unknown, missing or of the wrong type
  public static <T> T read(byte[] json, Class<T> type) throws IOException {
    T value;
    try {
      value = JSON.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IOException("not the JSON expected: " + e.getOriginalMessage(), e);
    }
    if (value == null) {
      throw new IOException("not the JSON expected: null");
    }
    requireWhole(value, "");
    return value;
  }

  /// How other formats (YAML on the operator's terminal) write instants.
  public static Module instants() {
    SimpleModule module = new SimpleModule("portcullis-instants");
    module.addSerializer(Instant.class, new InstantWriter());
    module.addDeserializer(Instant.class, new InstantReader());
    return module;
  }

  /// The JSON object model, for output that people read.
  public static ObjectMapper pretty() {
    return JSON.copy().enable(SerializationFeature.INDENT_OUTPUT);
  }

  private static void requireWhole(@Nullable Object value, String path) throws IOException {
    switch (value) {
      case null -> throw new IOException("not the JSON expected: \"" + path + "\" is missing");
      case Record record -> requireWholeRecord(record, path);
      case Collection<?> items -> {
        int index = 0;
        for (Object item : items) {
          requireWhole(item, path + "[" + index++ + "]");
        }
      }
      case Object[] items -> requireWhole(java.util.Arrays.asList(items), path);
      case Map<?, ?> entries -> {
        for (Map.Entry<?, ?> entry : entries.entrySet()) {
          requireWhole(entry.getValue(), path + "." + entry.getKey());
        }
      }
      default -> {}
    }
  }

  private static void requireWholeRecord(Record record, String path) throws IOException {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value;
      try {
        value = component.getAccessor().invoke(record);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("wire records are public", e);
      }
      AnnotatedType type = component.getAnnotatedType();
      if (value != null || !type.isAnnotationPresent(Nullable.class)) {
        requireWhole(
            value, path.isEmpty() ? component.getName() : path + "." + component.getName());
      }
    }
  }

  private static final class InstantWriter extends StdScalarSerializer<Instant> {
    InstantWriter() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(value.toString());
    }
  }

  private static final class InstantReader extends StdScalarDeserializer<Instant> {
    InstantReader() {
      super(Instant.class);
    }

    @Override
    public @Nullable Instant deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      String text = in.getValueAsString();
      try {
        return text == null ? null : Instant.parse(text);
      } catch (DateTimeParseException e) {
        return (Instant)
            context.handleWeirdStringValue(
                Instant.class, text, "an instant like 2026-01-31T12:00:00Z");
      }
    }
  }
}
