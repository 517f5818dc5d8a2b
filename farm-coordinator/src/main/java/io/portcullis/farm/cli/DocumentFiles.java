package io.portcullis.farm.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.portcullis.farm.model.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A document with every file it names, as the farm wants them sent.
///
/// Only the keys that name files are looked at here; whether the document makes sense is the farm's to say, so that a
/// wrong document and a missing file are told together.
///
/// @param contents by the name used in the document
/// @param problems files that are named but cannot be sent
record DocumentFiles(
    String name, String document, Map<String, String> contents, List<Problem> problems) {
  /// A farm of a thousand rules is a tenth of this; more is a wrong file.
  static final int MAX_DOCUMENT_BYTES = 1 << 20;

  /// The whole Mozilla trust bundle is a quarter of this.
  static final int MAX_FILE_BYTES = 1 << 20;

  /// What the admin API takes in one request, less the JSON around it.
  static final int MAX_TOTAL_BYTES = 4 << 20;

  private static final Set<String> FILE_KEYS = Set.of("chainFile", "keyFile", "trustFile");

  static DocumentFiles read(Path file) throws CommandFailure {
    String document;
    try {
      document = text(file, MAX_DOCUMENT_BYTES);
    } catch (IOException e) {
      throw CommandFailure.wrongUsage(
          file + " cannot be read: " + why(e), "name the farm's document, a YAML file");
    }
    Reader reader = new Reader(file.toAbsolutePath());
    try {
      reader.walk(new YAMLMapper().readTree(document), "");
    } catch (IOException e) {
      // Broken YAML names no files; the farm's answer says where it breaks.
      reader.contents.clear();
    }
    return new DocumentFiles(
        String.valueOf(file.getFileName()), document, reader.contents, reader.problems);
  }

  /// What stands in a file, if it is text of a bearable size.
  private static String text(Path file, int limit) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("it is a directory");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(limit + 1);
    }
    if (bytes.length > limit) {
      throw new IOException("it is larger than " + (limit >> 10) + " KB");
    }
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  private static String why(IOException failure) {
    String message = failure.getMessage();
    return switch (failure) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "you may not read it";
      case CharacterCodingException _ -> "it is not UTF-8 text";
      default -> message == null ? failure.toString() : message;
    };
  }

  private static final class Reader {
    private final Path document;
    private final Map<String, String> contents = new TreeMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private int total;

    Reader(Path document) {
      this.document = document;
    }

    void walk(JsonNode node, String path) {
      if (node.isArray()) {
        for (int i = 0; i < node.size(); i++) {
          walk(node.get(i), path + "[" + i + "]");
        }
      }
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        String at = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
        if (FILE_KEYS.contains(field.getKey()) && field.getValue().isTextual()) {
          add(field.getValue().textValue(), at);
        } else {
          walk(field.getValue(), at);
        }
      }
    }

    private void add(String name, String at) {
      if (contents.containsKey(name)) {
        return;
      }
      try {
        String text = text(document.resolveSibling(name), MAX_FILE_BYTES);
        total += text.length();
        if (total > MAX_TOTAL_BYTES) {
          throw new IOException(
              "all files together are larger than " + (MAX_TOTAL_BYTES >> 20) + " MB");
        }
        contents.put(name, text);
      } catch (InvalidPathException e) {
        problems.add(Problem.error(at, "\"" + name + "\" is not a file name", ""));
      } catch (IOException e) {
        problems.add(
            Problem.error(
                at,
                name + " cannot be read: " + why(e),
                "names are relative to the document: "
                    + document.resolveSibling(name).normalize()));
      }
    }
  }
}
