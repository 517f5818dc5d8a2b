package io.portcullis.farm.cli;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where an operator's identity is: the file named, else PORTCULLIS_IDENTITY, else the place where `farmctl join` puts it.
public final class IdentityPlace {

  private IdentityPlace() {}

  /// @param directory what relative names are relative to
  public static Path of(@Nullable Path named, Map<String, String> environment, Path directory) {
    if (named != null) {
      return directory.resolve(named).normalize();
    }
    String variable = environment.getOrDefault("PORTCULLIS_IDENTITY", "");
    if (!variable.isEmpty()) {
      return directory.resolve(variable).normalize();
    }
    String configuration = environment.getOrDefault("XDG_CONFIG_HOME", "");
    Path home = Path.of(environment.getOrDefault("HOME", "."));
    Path base = configuration.isEmpty() ? home.resolve(".config") : Path.of(configuration);
    return directory.resolve(base).resolve("portcullis").resolve("identity.pem").normalize();
  }
}
