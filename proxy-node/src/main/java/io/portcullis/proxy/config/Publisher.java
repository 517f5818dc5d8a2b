package io.portcullis.proxy.config;

import io.portcullis.farm.model.Problem;
import java.util.List;

/// Makes a configuration the one that is served, or leaves everything as it is.
public interface Publisher {

  /// Finds out whether [#publish] would succeed, and changes nothing.
  ///
  /// @return an error among them means that it would not
  List<Problem> rehearse(Loaded loaded) throws InterruptedException;

  /// @return an error among them means that nothing changed
  List<Problem> publish(Loaded loaded) throws InterruptedException;
}
