package io.portcullis.proxy.config;

import io.portcullis.farm.model.Problem;
import java.util.List;

/// Makes a configuration the one that is served, or leaves everything as it is.
@FunctionalInterface
public interface Publisher {

  /// @return an error among them means that nothing changed
  List<Problem> publish(Loaded loaded) throws InterruptedException;
}
