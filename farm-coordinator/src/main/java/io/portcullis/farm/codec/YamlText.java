package io.portcullis.farm.codec;

import io.portcullis.farm.model.Problem;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/// Text to a tree of nodes, bounded on every side. Only nodes are built, never objects: no tag in a document can
/// choose a class.
final class YamlText {
  /// A revision fits in a znode when it is compressed; what is longer than this is bundles that belong in files.
  static final int MAX_CHARACTERS = 4 * 1024 * 1024;

  /// Shared parts (`&trust` once, `*trust` often) are useful; hundreds of them are an alias bomb.
  static final int MAX_ALIASES = 50;

  /// The deepest key of a document lies at six.
  static final int MAX_DEPTH = 20;

  private YamlText() {}

  /// The root node; null, and a problem, if there is none.
  static @Nullable Node compose(String text, String name, List<Problem> problems) {
    if (text.length() > MAX_CHARACTERS) {
      problems.add(
          Problem.error(
              name,
              "the document has %,d characters, more than %,d"
                  .formatted(text.length(), MAX_CHARACTERS),
              "name trust bundles by trustFile instead of writing them inline, or split the farm"));
      return null;
    }
    try {
      Composer composer = composer(text);
      Node root = composer.checkNode() ? composer.getNode() : null;
      if (root == null || Section.kind(root).equals("empty")) {
        problems.add(
            Problem.error(name, "the document is empty", "begin with farm: NAME and listeners:"));
        return null;
      }
      if (composer.checkNode()) {
        problems.add(
            Problem.error(
                place(name, composer.getNode().getStartMark()),
                "a second document begins here",
                "remove the line \"---\": a farm is one document"));
        return null;
      }
      return root;
    } catch (MarkedYAMLException e) {
      problems.add(syntax(name, e));
    } catch (ReaderException e) {
      problems.add(
          Problem.error(
              lineAndColumn(name, text, e.getPosition()),
              "character U+%04X is not allowed in YAML".formatted(e.getCodePoint()),
              "save the document as plain UTF-8 text without control characters"));
    } catch (YAMLException e) {
      problems.add(limit(name, e));
    }
    return null;
  }

  private static Composer composer(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MAX_CHARACTERS);
    options.setMaxAliasesForCollections(MAX_ALIASES);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setAllowRecursiveKeys(false);
    StreamReader reader = new StreamReader(new StringReader(text));
    return new Composer(new ParserImpl(reader, options), new Resolver(), options);
  }

  private static Problem syntax(String name, MarkedYAMLException e) {
    Mark mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
    List<String> said = new ArrayList<>();
    if (e.getProblem() != null) {
      said.add(e.getProblem());
    }
    if (e.getContext() != null) {
      said.add(e.getContext());
    }
    String hint =
        String.valueOf(e.getProblem()).contains("'\\t'")
            ? "indent with spaces, YAML allows no tabs"
            : "look at this line and the one above: quotes, brackets, colons, indentation";
    return Problem.error(
        mark == null ? name : place(name, mark),
        "not valid YAML: " + Section.shortened(String.join(" ", said)),
        hint);
  }

  private static Problem limit(String name, YAMLException e) {
    String said = String.valueOf(e.getMessage());
    if (said.contains("aliases")) {
      return Problem.error(
          name,
          "more than %d aliases (*name) of sections or lists".formatted(MAX_ALIASES),
          "write the parts out, or give pools of a Lync topology one tls and health in lync");
    }
    return said.contains("depth") || said.contains("Depth")
        ? Problem.error(
            name,
            "sections lie more than %d deep in each other".formatted(MAX_DEPTH),
            "check for brackets that are not closed")
        : Problem.error(name, "not valid YAML: " + Section.shortened(said), "");
  }

  private static String place(String name, Mark mark) {
    return "%s:%d:%d".formatted(name, mark.getLine() + 1, mark.getColumn() + 1);
  }

  private static String lineAndColumn(String name, String text, int position) {
    String before = text.substring(0, Math.min(position, text.length()));
    long line = before.chars().filter(c -> c == '\n').count() + 1;
    return "%s:%d:%d".formatted(name, line, before.length() - before.lastIndexOf('\n'));
  }
}
