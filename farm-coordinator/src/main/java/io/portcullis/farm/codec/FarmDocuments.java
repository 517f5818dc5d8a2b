package io.portcullis.farm.codec;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.FarmValidator;
import io.portcullis.farm.model.Problem;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.nodes.Node;

/// The operator's document and the model, both ways: strict YAML (and so JSON) in, canonical YAML out.
public final class FarmDocuments {
  /// Nobody reads further; the first ones tell what kind of document this is.
  static final int MAX_PROBLEMS = 200;

  private FarmDocuments() {}

  /// Reads a document and checks all of it, `FarmValidator` included, so that the operator sees every problem at once.
  ///
  /// @param name where the text came from, as the operator calls it: `farm.yaml`
  public static Decoded decode(String text, String name) {
    List<Problem> unreadable = new ArrayList<>();
    Node root = YamlText.compose(text, name, unreadable);
    if (root == null) {
      return new Decoded.Refused(unreadable);
    }
    Reading reading = new Reading(name);
    FarmReader reader = new FarmReader(reading);
    FarmConfig config = reader.farm(root);
    if (config != null) {
      FarmValidator.check(config, reader).forEach(reading::keep);
    }
    List<Problem> problems = bounded(reading.problems(), name);
    return config == null || problems.stream().anyMatch(Problem::isError)
        ? new Decoded.Refused(problems)
        : new Decoded.Accepted(config, problems);
  }

  private static List<Problem> bounded(List<Problem> problems, String name) {
    if (problems.size() <= MAX_PROBLEMS) {
      return problems;
    }
    List<Problem> first = new ArrayList<>(problems.subList(0, MAX_PROBLEMS));
    first.add(
        Problem.error(
            name,
            "%d more problems are not shown".formatted(problems.size() - MAX_PROBLEMS),
            "mend these and try again"));
    return first;
  }

  /// Canonical YAML: the same configuration always gives the same text, and `decode` of it gives the configuration back.
  public static String encode(FarmConfig config) {
    return CanonicalYaml.render(FarmTree.of(config));
  }

  /// What changed, a line each, by name and never by index: `~ pools[pool01].members[fe1].weight: 1 -> 2`,
  /// `+ rule simple-meet ...`, `- listener http`. Empty when both say the same.
  public static List<String> diff(FarmConfig before, FarmConfig after) {
    return TreeDiff.of(FarmTree.of(before), FarmTree.of(after));
  }
}
