package io.portcullis.farm.cli;

import io.portcullis.farm.api.wire.Wire;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How far a token goes, whomever it is for.
final class TokenOptions {

  @Option(
      names = "--valid",
      paramLabel = "TIME",
      description = "How long it may be used. Default: 1h.")
  private Duration valid = Duration.ofHours(1);

  @Option(
      names = "--address",
      paramLabel = "NETWORK",
      description = "Where it may be used from: 192.0.2.7 or 192.0.2.0/24. Default: anywhere.")
  private @Nullable String address;

  /// @param role the word that goes over the wire
  Wire.TokenRequest request(String role) {
    return new Wire.TokenRequest(role, Math.max(1, valid.toSeconds()), address);
  }
}
