package io.portcullis.farm.codec;

import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/// Trees of maps, lists, text and numbers as YAML: keys in the order given, lists of plain words on one line, PEM as
/// a block.
final class CanonicalYaml {
  private CanonicalYaml() {}

  static String render(Map<String, Object> tree) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(FlowStyle.AUTO);
    options.setWidth(100);
    options.setSplitLines(false);
    options.setLineBreak(DumperOptions.LineBreak.UNIX);
    return new Yaml(new Shaped(options), options).dump(tree);
  }

  private static final class Shaped extends Representer {
    Shaped(DumperOptions options) {
      super(options);
    }

    @Override
    protected Node representScalar(Tag tag, String value, ScalarStyle style) {
      boolean block = tag.equals(Tag.STR) && value.indexOf('\n') >= 0;
      return super.representScalar(tag, value, block ? ScalarStyle.LITERAL : style);
    }
  }
}
