package io.portcullis.farm.codec;

import io.portcullis.farm.model.FarmConfig;
import io.portcullis.farm.model.Problem;
import java.util.List;

/// What became of a document: a configuration (with warnings, if any), or only problems.
public sealed interface Decoded {

  List<Problem> problems();

  /// @param problems warnings only
  record Accepted(FarmConfig config, List<Problem> problems) implements Decoded {
    public Accepted {
      problems = List.copyOf(problems);
    }
  }

  /// @param problems at least one error
  record Refused(List<Problem> problems) implements Decoded {
    public Refused {
      problems = List.copyOf(problems);
    }
  }
}
