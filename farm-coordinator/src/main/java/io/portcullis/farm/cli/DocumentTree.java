package io.portcullis.farm.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A stored revision as programs read it, and its sections as tables.
final class DocumentTree {
  private DocumentTree() {}

  static JsonNode of(String yaml) throws CommandFailure {
    try {
      return new YAMLMapper().readTree(yaml);
    } catch (IOException e) {
      throw CommandFailure.notFine(
          "the stored document is not YAML", "look at it with \"farmctl get source\"");
    }
  }

  static List<JsonNode> section(JsonNode document, String name) {
    List<JsonNode> entries = new ArrayList<>();
    document.path(name).forEach(entries::add);
    return entries;
  }

  static String nameOf(JsonNode entry) {
    return entry.path("name").asText();
  }

  static String table(Get.Kind kind, List<JsonNode> entries, Terminal terminal) {
    Table table =
        switch (kind) {
          case LISTENERS -> listeners(entries);
          case POOLS -> pools(entries);
          default -> rules(entries);
        };
    return table.rows() == 0
        ? "no " + kind.word() + "\n"
        : table.render(terminal.width(), terminal.colour());
  }

  private static Table listeners(List<JsonNode> entries) {
    Table table = new Table().text("NAME").text("BIND").text("TLS").text("CERTIFICATES");
    for (JsonNode listener : entries) {
      JsonNode tls = listener.path("tls");
      table.row(
          nameOf(listener),
          listener.path("bind").asText(),
          tls.isObject() ? tls.path("minVersion").asText("TLSv1.2") + "+" : "no",
          words(tls.path("certificates")));
    }
    return table;
  }

  private static Table pools(List<JsonNode> entries) {
    Table table = new Table().text("NAME").text("HTTPS").text("HTTP").text("MEMBERS");
    for (JsonNode pool : entries) {
      List<String> members = new ArrayList<>();
      pool.path("members")
          .forEach(m -> members.add(m.isTextual() ? m.asText() : m.path("host").asText()));
      table.row(
          nameOf(pool),
          pool.path("bridging").path("https").asText("-"),
          pool.path("bridging").path("http").asText("-"),
          String.join(" ", members));
    }
    return table;
  }

  private static Table rules(List<JsonNode> entries) {
    Table table =
        new Table().text("NAME").text("LISTENER").text("PUBLIC NAMES").text("PATHS").text("GETS");
    for (JsonNode rule : entries) {
      table.row(
          nameOf(rule),
          rule.path("listener").asText(),
          words(rule.path("publicNames")),
          rule.path("paths").isMissingNode() ? "/" : words(rule.path("paths")),
          action(rule));
    }
    return table;
  }

  private static String action(JsonNode rule) {
    if (rule.has("pool")) {
      return "pool " + rule.path("pool").asText();
    }
    return rule.has("redirect")
        ? "redirect to " + rule.path("redirect").asText()
        : "answer " + rule.path("respond").asText();
  }

  private static String words(JsonNode list) {
    List<String> words = new ArrayList<>();
    list.forEach(word -> words.add(word.asText()));
    return String.join(" ", words);
  }
}
