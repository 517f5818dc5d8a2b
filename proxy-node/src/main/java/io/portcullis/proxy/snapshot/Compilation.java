package io.portcullis.proxy.snapshot;

import io.portcullis.farm.model.Problem;
import java.util.List;

/// What compiling came to: a whole snapshot, or every reason why there is none.
public sealed interface Compilation {

  List<Problem> problems();

  /// @param problems warnings only
  record Compiled(Snapshot snapshot, List<Problem> problems) implements Compilation {
    public Compiled {
      problems = List.copyOf(problems);
    }
  }

  /// @param problems at least one error
  record Refused(List<Problem> problems) implements Compilation {
    public Refused {
      problems = List.copyOf(problems);
    }
  }
}
